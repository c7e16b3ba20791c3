// A network in memory: nodes at addresses, flows between them, a millisecond on the way, and a log of all that passed.
import type { Clock } from '@parlance/base/clock';
import type { Endpoint, Flow, TransportName } from '@parlance/sip/flow';
import { isRequest, type SipMessage } from '@parlance/sip/message';
import { readDatagram } from '@parlance/sip/parse';
import { hostPort } from '@parlance/sip/uri';

/** Time as a test owns it. */
export interface StageClock extends Clock {
  advanceAsync(ms: number): Promise<void>;
  /** Timers that are set. */
  readonly pending: number;
}

export interface Node {
  readonly name: string;
  readonly place: Endpoint;
  receive(message: SipMessage, flow: Flow): void;
}

const spell = (message: SipMessage): string => (isRequest(message) ? message.method : String(message.status));

class NetworkFlow implements Flow {
  readonly id: string;
  readonly transport: TransportName;
  readonly local: Endpoint;
  readonly remote: Endpoint;
  readonly #network: Network;
  #open = true;

  constructor(network: Network, local: Endpoint, remote: Endpoint, transport: TransportName) {
    this.#network = network;
    this.local = local;
    this.remote = remote;
    this.transport = transport;
    this.id = `${transport}-${local.address}-${local.port}-${remote.address}-${remote.port}`.replaceAll('.', '_');
  }

  get reliable(): boolean {
    return this.transport !== 'UDP';
  }

  get open(): boolean {
    return this.#open;
  }

  close(): void {
    this.#open = false;
  }

  send(bytes: Uint8Array): boolean {
    if (!this.#open) return false;
    const message = readDatagram(bytes);
    if (message === undefined) throw new Error('No SIP message');
    this.#network.carry(message, this);
    return true;
  }
}

export class Network {
  readonly clock: StageClock;
  /** `alice → home INVITE`. */
  readonly log: string[] = [];
  /** Messages for which this is true get lost. */
  lose: (message: SipMessage, to: string) => boolean = () => false;
  readonly #nodes = new Map<string, Node>();
  readonly #flows = new Map<string, NetworkFlow>();

  constructor(clock: StageClock) {
    this.clock = clock;
  }

  /** Nodes that there are. */
  get size(): number {
    return this.#nodes.size;
  }

  join(node: Node): void {
    this.#nodes.set(hostPort(node.place.address, node.place.port), node);
  }

  /** The flow from one place to another: the same one each time. */
  flow(local: Endpoint, remote: Endpoint, transport: TransportName): NetworkFlow {
    const made = new NetworkFlow(this, local, remote, transport);
    const known = this.#flows.get(made.id);
    if (known !== undefined) return known;
    this.#flows.set(made.id, made);
    return made;
  }

  byId(id: string): Flow | undefined {
    const flow = this.#flows.get(id);
    return flow?.open === true ? flow : undefined;
  }

  /** Whether anybody listens there. */
  has({ address, port }: Endpoint): boolean {
    return this.#nodes.has(hostPort(address, port));
  }

  carry(message: SipMessage, { local, remote, transport }: Flow): void {
    const [from, to] = [local, remote].map(({ address, port }) => this.#nodes.get(hostPort(address, port)));
    this.log.push(`${from?.name ?? '?'} → ${to?.name ?? '?'} ${spell(message)}`);
    if (to === undefined || this.lose(message, to.name)) return;
    this.clock.after(1, () => to.receive(message, this.flow(remote, local, transport)));
  }
}
