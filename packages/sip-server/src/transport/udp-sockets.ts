// All UDP sockets of a process: which of them a place is reached from, and flows found again by their ids (RFC 3261 §18.1.1; RFC 5626 §5.3).
import { createSocket } from 'node:dgram';
import { isIPv6 } from 'node:net';
import { RecentMap } from '@parlance/base/recent-map';
import type { Endpoint, Flow } from '@parlance/sip/flow';
import { boundAddresses } from './interfaces.ts';
import { type Listening, Unreachable } from './parts.ts';
import { type UdpParts, UdpSocket } from './udp.ts';

/** Places of which it is remembered by which address they are reached. */
const places = 1_024;

const isGone = (error: unknown): boolean =>
  error instanceof Error && 'code' in error && (error.code === 'EADDRNOTAVAIL' || error.code === 'EINVAL');

export class UdpSockets {
  readonly #parts: UdpParts;
  readonly #open = new Map<number, UdpSocket>();
  /** Our address by the other one's. */
  readonly #ways = new RecentMap<string, string>(places);
  #made = 0;

  constructor(parts: UdpParts) {
    this.#parts = parts;
  }

  /** One socket for each address that a wildcard stands for; port 0 is the same free one on all. Rejects with all closed again. */
  async listen({ address, port }: Endpoint): Promise<Listening> {
    const wildcard = address === '::' || address === '0.0.0.0';
    const bound: UdpSocket[] = [];
    const close = async (): Promise<void> => {
      for (const { number } of bound) this.#open.delete(number);
      await Promise.all(bound.map((each) => each.close()));
    };
    try {
      for (const each of boundAddresses(address)) {
        const socket = await this.#bind({ address: each, port: bound[0]?.local.port ?? port }, wildcard);
        if (socket !== undefined) bound.push(socket);
      }
      const [first] = bound;
      if (first === undefined) throw new Error('this machine has no address');
      for (const each of bound) this.#open.set(each.number, each);
      return { address: wildcard ? address : first.local.address, port: first.local.port, close };
    } catch (error) {
      await close();
      throw error;
    }
  }

  /** An address may go while it is looked at, or not be usable yet: a wildcard does without it. */
  async #bind(point: Endpoint, wildcard: boolean): Promise<UdpSocket | undefined> {
    try {
      return await UdpSocket.bind(++this.#made, point, this.#parts);
    } catch (error) {
      if (!wildcard || !isGone(error)) throw error;
      this.#parts.log.warn('address left out', { address: point.address, error });
      return undefined;
    }
  }

  byId(id: string): Flow | undefined {
    const pair = this.#parts.ids.read(id);
    return pair && this.#open.get(pair.socket)?.flow(pair.remote);
  }

  /** From the socket of `from` where it can be, else from the one whose address the machine's routes choose. Rejects with `Unreachable`. */
  flowTo(remote: Endpoint, from: Flow | undefined): Flow | Promise<Flow> {
    const six = isIPv6(remote.address);
    const fitting = [...this.#open.values()].filter(({ local }) => isIPv6(local.address) === six);
    const same = from?.transport === 'UDP' ? fitting.find(({ local }) => sameEndpoint(local, from.local)) : undefined;
    const [only, ...others] = fitting;
    if (same !== undefined) return same.flow(remote);
    if (only === undefined) return Promise.reject(new Unreachable(`no UDP socket for ${remote.address}`));
    if (others.length === 0) return only.flow(remote);
    const known = this.#ways.get(remote.address);
    if (known !== undefined) return (fitting.find(({ local }) => local.address === known) ?? only).flow(remote);
    return this.#way(remote).then((address) => {
      this.#ways.set(remote.address, address);
      return (fitting.find(({ local }) => local.address === address) ?? only).flow(remote);
    });
  }

  /** The address that the kernel would send from: it says so when a socket is connected, which sends nothing. */
  #way({ address, port }: Endpoint): Promise<string> {
    const probe = createSocket(isIPv6(address) ? 'udp6' : 'udp4');
    return new Promise((resolve, reject) => {
      const fail = (cause: Error): void => {
        probe.close();
        reject(new Unreachable(cause.message, { cause }));
      };
      probe.once('error', fail);
      probe.connect(port, address, () => {
        resolve(probe.address().address);
        probe.close();
      });
    });
  }

  async close(): Promise<void> {
    await Promise.all([...this.#open.values()].map((each) => each.close()));
    this.#open.clear();
  }
}

const sameEndpoint = (one: Endpoint, other: Endpoint): boolean =>
  one.address === other.address && one.port === other.port;
