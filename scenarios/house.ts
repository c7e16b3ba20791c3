// A whole server for one play: the real composition on free loopback ports over a data directory of its own, with real clients.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Log } from '@parlance/base/log';
import { isRefusal } from '@parlance/base/refusal';
import type { Address } from '@parlance/core/ids';
import { type ClientOptions, XmppClient } from '@parlance/xmpp-client/client';
import { tcp } from '@parlance/xmpp-client/transports/tcp';
import type { ListenerRow } from 'parlance-im/compose/listeners';
import { type RunningServer, startServer } from 'parlance-im/compose/server';
import { loadConfiguration } from 'parlance-im/config/load';
import { systemClock } from 'parlance-im/ports/clock';
import { systemCrypto } from 'parlance-im/ports/crypto';
import { systemRandom } from 'parlance-im/ports/random';

export interface HouseOptions {
  /** More of parlance.yaml; `listen` and `data` are the house's own. */
  readonly yaml?: string;
}

/** Everybody's password. */
export const password = 'correct horse';

type PortName = ListenerRow['name'];

const names: readonly PortName[] = ['c2s', 'c2sTls', 'http', 'https', 'sipUdp', 'sipTcp', 'sipTls'];

/** Faults are collected: a play in which one occurs has failed (DESIGN §3). */
const collecting = (faults: unknown[]): Log => {
  const nothing = (): void => undefined;
  const log: Log = {
    debug: nothing,
    info: nothing,
    warn: nothing,
    error: (event, fields) => void faults.push({ event, ...fields }),
    with: () => log,
  };
  return log;
};

export class House {
  readonly directory: string;
  readonly #yaml: string;
  /** Taken at the first start and kept, so that clients find the server again. */
  readonly #ports = new Map<PortName, number>();
  /** Our own bugs so far; a play that expects one takes it out. */
  readonly faults: unknown[] = [];
  #running: RunningServer | undefined;
  readonly #clients: XmppClient[] = [];

  private constructor(directory: string, yaml: string) {
    this.directory = directory;
    this.#yaml = yaml;
  }

  static async open({ yaml = '' }: HouseOptions = {}): Promise<House> {
    const house = new House(mkdtempSync(join(tmpdir(), 'parlance-house-')), yaml);
    await house.start();
    return house;
  }

  get running(): RunningServer {
    if (this.#running === undefined) throw new Error('the server is stopped');
    return this.#running;
  }

  /** Starts the server, after `stop` on the same ports. */
  async start(): Promise<void> {
    const listen = names.map((name) => `${name}: ${this.#ports.get(name) ?? 0}`).join(', ');
    writeFileSync(join(this.directory, 'parlance.yaml'), `listen: {${listen}}\n${this.#yaml}`);
    const configuration = loadConfiguration({
      config: undefined,
      data: undefined,
      environment: {},
      directory: this.directory,
    });
    const ports = { clock: systemClock, random: systemRandom, crypto: systemCrypto, log: collecting(this.faults) };
    this.#running = await startServer(configuration, ports);
    for (const { name, port } of this.running.listeners) this.#ports.set(name, port);
  }

  /** An orderly stop, as on SIGTERM. */
  async stop(): Promise<void> {
    const running = this.#running;
    this.#running = undefined;
    await running?.stop();
  }

  /** Ends everything; throws when the server had a fault. */
  async close(): Promise<void> {
    await Promise.all(this.#clients.map((client) => client.close()));
    await this.stop();
    rmSync(this.directory, { recursive: true, force: true });
    if (this.faults.length > 0) throw new Error('the server had faults', { cause: this.faults });
  }

  port(name: PortName): number {
    const row = this.running.listeners.find((each) => each.name === name);
    if (row === undefined) throw new Error(`nothing listens as ${name}`);
    return row.port;
  }

  /** Makes accounts with everybody's password. */
  async people(...addresses: readonly string[]): Promise<void> {
    const role = 'user';
    const applicants = addresses.map((address) => ({ address: address as Address, password, role }) as const);
    const answers = await this.running.core.membership.createMany(applicants);
    for (const answer of answers) if (isRefusal(answer)) throw new Error(`refused: ${answer.refused}`);
  }

  /** A client of ours over plain TCP, signed in; closed with the house. */
  async client(address: string, options: Partial<ClientOptions> = {}): Promise<XmppClient> {
    const domain = address.slice(address.indexOf('@') + 1).split('/')[0] ?? '';
    const server = { host: '127.0.0.1', port: this.port('c2s') };
    const transport = tcp({ domain, server, allowPlaintext: true, trust: { verify: false } });
    const client = new XmppClient({ address, password, transport, ...options });
    this.#clients.push(client);
    await client.connect();
    return client;
  }
}
