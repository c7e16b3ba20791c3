// All connections of a process: by id, by where they lead, and swept (RFC 3261 §18; RFC 5923).
import type { Clock, Timer } from '@parlance/base/clock';
import type { Flow, TransportName } from '@parlance/sip/flow';
import type { SipRequest } from '@parlance/sip/message';
import { parameter } from '@parlance/sip/parameters';
import type { ConnectionFlow } from './connection-flow.ts';
import type { Target } from './parts.ts';
import { portOf, topVia } from './top-via.ts';

/** Milliseconds between two sweeps. */
const interval = 5_000;

/** Milliseconds that peers have to take what is left for them when we close. */
export const farewell = 1_000;

/** A place as a connection's peer is known by; over TLS only together with a name that it has proved (RFC 5923 §5). */
const keyOf = (transport: TransportName, address: string, port: number, name = ''): string =>
  `${transport} ${address} ${port} ${name}`;

export class Connections {
  readonly #clock: Clock;
  readonly #flows = new Map<string, ConnectionFlow>();
  readonly #places = new Map<string, ConnectionFlow>();
  /** Keys in `#places`. */
  readonly #keys = new Map<ConnectionFlow, string[]>();
  #sweeping: Timer | undefined;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  get count(): number {
    return this.#flows.size;
  }

  byId(id: string): ConnectionFlow | undefined {
    return this.#flows.get(id);
  }

  add(flow: ConnectionFlow): void {
    this.#flows.set(flow.id, flow);
    this.#keys.set(flow, []);
    // Behind a proxy many browsers have one place: each is reached by its id alone.
    if (flow.transport === 'TCP' || flow.transport === 'TLS') this.#leads(flow, flow.remote.port);
    this.#sweeping ??= this.#later();
  }

  /**
   * A peer that proved its name and says `alias` is reached over this connection at the port where it listens, too
   * (RFC 5923 §6, §8). Without proof it is not: it could name somebody else's port.
   */
  alias(flow: ConnectionFlow, request: SipRequest): void {
    if (flow.names.length === 0) return;
    const top = topVia(request);
    const keys = this.#keys.get(flow);
    if (top === undefined || keys === undefined || keys.length > flow.names.length) return;
    if (parameter(top.parameters, 'alias') !== undefined) this.#leads(flow, top.port ?? portOf(flow.transport));
  }

  remove(flow: ConnectionFlow): void {
    this.#flows.delete(flow.id);
    for (const key of this.#keys.get(flow) ?? []) if (this.#places.get(key) === flow) this.#places.delete(key);
    this.#keys.delete(flow);
    if (this.#flows.size > 0) return;
    this.#sweeping?.cancel();
    this.#sweeping = undefined;
  }

  /** An open connection to a place: for TLS only to whom the target names. */
  to({ transport, address, port, serverName }: Target): Flow | undefined {
    const name = transport === 'TLS' ? (serverName ?? address).toLowerCase() : '';
    const flow = this.#places.get(keyOf(transport, address, port, name));
    return flow?.open === true ? flow : undefined;
  }

  /** Ends all after what waits for them, and destroys those that are still there a moment later. */
  endAll(): void {
    for (const flow of [...this.#flows.values()]) flow.end();
    this.#clock.after(farewell, () => {
      for (const flow of [...this.#flows.values()]) flow.destroy();
    });
  }

  #leads(flow: ConnectionFlow, port: number): void {
    const { transport, remote, names } = flow;
    for (const name of transport === 'TLS' ? names : ['']) {
      const key = keyOf(transport, remote.address, port, name);
      this.#places.set(key, flow);
      this.#keys.get(flow)?.push(key);
    }
  }

  #later(): Timer {
    return this.#clock.after(interval, () => {
      this.#sweeping = undefined;
      const now = this.#clock.monotonic();
      for (const flow of [...this.#flows.values()]) flow.sweep(now);
      if (this.#flows.size > 0) this.#sweeping ??= this.#later();
    });
  }
}
