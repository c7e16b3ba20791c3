// The transport layer: listeners and connections, what comes in, and the way out to a place (RFC 3261 §18; RFC 3581, 5626, 5923, 7118).
import type { Socket } from 'node:net';
import { Admission } from '@parlance/base/admission';
import type { Endpoint, Flow, TransportName } from '@parlance/sip/flow';
import { type Via, via } from '@parlance/sip/headers/via';
import { isRequest, type SipMessage } from '@parlance/sip/message';
import { openConnection } from './connect.ts';
import { ConnectionFlow, type FlowParts } from './connection-flow.ts';
import { Connections } from './connections.ts';
import { type Listening, type Target, type TlsPort, type TransportParts, Unreachable } from './parts.ts';
import { StreamFlow } from './stream-flow.ts';
import { listenForStreams } from './stream-listener.ts';
import { responsePlace, stamped } from './top-via.ts';
import { UdpIds } from './udp-ids.ts';
import { UdpSockets } from './udp-sockets.ts';
import { WebFlow, type WebParts } from './web-flow.ts';
import { type WebDoor, webDoor } from './web-sockets.ts';

/** Bytes of a request over UDP, from which on it must take a transport that does not fragment it, the path's MTU being unknown (RFC 3261 §18.1.1). */
const largestUnfragmented = 1_300;

/** Opened all at once at most: an attacker may make us open many. */
const mostOpening = 1_000;

interface Point {
  readonly transport: TransportName;
  readonly listening: Listening;
}

export class Transports {
  readonly #parts: TransportParts;
  readonly #admission: Admission;
  readonly #connections: Connections;
  readonly #udp: UdpSockets;
  readonly #flowParts: FlowParts;
  readonly #opening = new Map<string, Promise<Flow>>();
  readonly #points = new Set<Point>();
  #closed = false;

  constructor(parts: TransportParts) {
    this.#parts = parts;
    const { clock, crypto, random, log, limits, turn } = parts;
    const ids = new UdpIds(crypto, random);
    this.#admission = new Admission(limits);
    this.#connections = new Connections(clock);
    this.#udp = new UdpSockets({
      log,
      ids,
      outbound: limits.outbound,
      receive: (message, flow, datagram) => this.#take(message, flow, datagram),
      stun: (bytes, flow) => parts.stun?.(bytes, flow),
    });
    this.#flowParts = {
      clock,
      random,
      log,
      limits,
      turn,
      receive: (message, flow) => this.#take(message, flow, 0),
      closed: (flow) => {
        this.#connections.remove(flow);
        parts.closed(flow);
      },
    };
  }

  /** Connections at this moment. */
  get count(): number {
    return this.#connections.count;
  }

  /** Rejects when the port cannot be taken, as the next two do. */
  listenUdp(point: Endpoint): Promise<Listening> {
    return this.#listening('UDP', this.#udp.listen(point));
  }

  listenTcp(point: Endpoint): Promise<Listening> {
    return this.#streams(point, undefined);
  }

  listenTls(point: Endpoint, tls: TlsPort): Promise<Listening> {
    return this.#streams(point, tls);
  }

  /** For the HTTP side: takes over an upgrade whose path, origin and security have been checked. */
  webDoor(): WebDoor {
    const { limits } = this.#parts;
    return webDoor({
      admission: this.#admission,
      largest: limits.head + limits.body,
      accept: (web) => this.webSocket(web),
    });
  }

  /** Takes over a WebSocket of the subprotocol `sip`. */
  webSocket(web: WebParts): Flow {
    return this.#added(new WebFlow(web, this.#flowParts));
  }

  /**
   * A flow to a place: an open connection to it, or a new one (RFC 3261 §18.1.1). TLS is reused only where the peer has proved
   * the name (RFC 5923 §5). `from`: the flow whose socket UDP should use. Rejects with `Unreachable`: always for a
   * browser, which is reached by its flow's id alone.
   */
  flowTo(target: Target, from?: Flow): Flow | Promise<Flow> {
    if (this.#closed) return Promise.reject(new Unreachable('closing'));
    if (target.transport === 'UDP') return this.#udp.flowTo({ address: target.address, port: target.port }, from);
    if (target.transport === 'WS' || target.transport === 'WSS')
      return Promise.reject(new Unreachable('a browser is reached over its own WebSocket only'));
    return this.#connections.to(target) ?? this.#open(target);
  }

  /** A flow that is open, by its id. */
  byId(id: string): Flow | undefined {
    const flow = this.#connections.byId(id) ?? this.#udp.byId(id);
    return flow?.open === true ? flow : undefined;
  }

  /**
   * The way back for a response: the connection that its request came by, when it is still there; by UDP, and when it is gone,
   * the source of the request (RFC 3261 §18.2.2; RFC 3581 §4). `top` is the response's top Via. Rejects with `Unreachable`.
   */
  flowForResponse(top: Via | undefined, flow: Flow): Flow | Promise<Flow> {
    if (flow.reliable && flow.open) return flow;
    const { transport, remote } = flow;
    const { address, port } = responsePlace(top, flow);
    if (transport === 'UDP' && flow.open && address === remote.address && port === remote.port) return flow;
    return this.flowTo({ transport, address, port }, flow);
  }

  /** Whether a request of this size must leave by another transport than this flow's (RFC 3261 §18.1.1). */
  mustSwitch(bytes: number, { transport }: Flow): boolean {
    return transport === 'UDP' && bytes > largestUnfragmented;
  }

  /** The upper layer knows who is behind a flow: a connection of its may hold more and be silent for longer. */
  trusted(flow: Flow): void {
    if (flow instanceof ConnectionFlow) flow.trust();
  }

  /** Names that the peer of a TLS flow has proved by a certificate (RFC 5922 §7.1), in lower case; none on other flows. */
  provedNames(flow: Flow): readonly string[] {
    return flow instanceof ConnectionFlow ? flow.names : [];
  }

  /** Host and port of ours for Via, Record-Route and Contact on a flow: where its peer can reach us (CONTRACT, `sip.advertise`). */
  sentBy({ transport, local }: Flow): Endpoint {
    const address = this.#parts.advertise ?? local.address;
    const points = [...this.#points].filter((each) => each.transport === transport).map(({ listening }) => listening);
    const point = points.find((each) => each.address === local.address) ?? points[0];
    return { address, port: point?.port ?? local.port };
  }

  /** Ends all connections, after what waits in them has left. */
  async close(): Promise<void> {
    this.#closed = true;
    const ending = [...this.#points].map(({ listening }) => listening.close());
    this.#connections.endAll();
    await Promise.all([...ending, this.#udp.close()]);
    this.#points.clear();
  }

  async #listening(transport: TransportName, binding: Promise<Listening>): Promise<Listening> {
    const listening = await binding;
    const point = { transport, listening };
    this.#points.add(point);
    return {
      ...listening,
      close: () => {
        this.#points.delete(point);
        return listening.close();
      },
    };
  }

  #streams(point: Endpoint, tls: TlsPort | undefined): Promise<Listening> {
    const { clock, log, limits } = this.#parts;
    const binding = listenForStreams(point, {
      admission: this.#admission,
      clock,
      log,
      tls,
      opening: limits.opening,
      accept: (socket) => this.#connected(socket, false),
    });
    return this.#listening(tls === undefined ? 'TCP' : 'TLS', binding);
  }

  #connected(socket: Socket, ours: boolean): StreamFlow {
    return this.#added(new StreamFlow(socket, ours, this.#flowParts));
  }

  #added<Kind extends ConnectionFlow>(flow: Kind): Kind {
    this.#connections.add(flow);
    return flow;
  }

  /** Whoever wants to go to the same place waits for the same connection. */
  #open(target: Target): Promise<Flow> {
    const { transport, address, port, serverName = '' } = target;
    const key = `${transport} ${address} ${port} ${serverName}`;
    const pending = this.#opening.get(key);
    if (pending !== undefined) return pending;
    if (this.#opening.size >= mostOpening)
      return Promise.reject(new Unreachable('too many connections are being opened'));
    const { clock, limits, tls } = this.#parts;
    const opening = openConnection(target, { clock, tls, opening: limits.opening })
      .then((socket) => this.#opened(socket))
      .finally(() => this.#opening.delete(key));
    this.#opening.set(key, opening);
    return opening;
  }

  #opened(socket: Socket): Flow {
    const flow = this.#connected(socket, true);
    if (this.#closed) flow.end();
    return flow;
  }

  /** Hands a message up; a fault of ours there is nobody's but its own message's. */
  #take(message: SipMessage, flow: Flow, datagram: number): void {
    try {
      if (!isRequest(message)) {
        this.#parts.receive(message, flow, datagram);
        return;
      }
      // Without a Via there is no way for an answer (RFC 3261 §18.2.2): this is HTTP, or noise.
      if (!message.has(via.id)) return;
      const request = stamped(message, flow);
      if (flow instanceof ConnectionFlow) this.#connections.alias(flow, request);
      this.#parts.receive(request, flow, datagram);
    } catch (error) {
      this.#parts.log.error('sip fault', { error, flow: flow.transport });
    }
  }
}
