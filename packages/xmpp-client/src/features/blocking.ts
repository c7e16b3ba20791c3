// The block list, kept up to date by pushes (XEP-0191).
import type { Element } from '@parlance/xml/element';
import { namespaces } from '@parlance/xmpp/namespaces';
import { blocking, readBlocking } from '@parlance/xmpp/wire/xep-0191.blocking';
import type { XmppClient } from '../client.ts';
import { Emitter, type Stop } from '../emitter.ts';
import { StanzaError } from '../errors.ts';

export interface BlockListEvents {
  readonly changed: ReadonlySet<string>;
}

export class BlockList {
  readonly #client: XmppClient;
  readonly #emitter: Emitter<BlockListEvents>;
  #addresses: ReadonlySet<string> = new Set();

  /** Handles the client's pushes of blocking from now on. */
  constructor(client: XmppClient) {
    this.#client = client;
    this.#emitter = new Emitter(client.fault);
    for (const command of ['block', 'unblock'] as const)
      client.handle('set', command, namespaces.blocking, (payload, iq) => {
        // §3.2: pushes come from the account itself; checklist 23.
        if (!client.isFromAccount(iq)) throw new StanzaError('service-unavailable', 'cancel');
        this.#pushed(command, payload);
        return undefined;
      });
  }

  get addresses(): ReadonlySet<string> {
    return this.#addresses;
  }

  on(name: 'changed', listener: (addresses: ReadonlySet<string>) => void): Stop {
    return this.#emitter.on(name, listener);
  }

  /** Reads the list, for pushes to come as well (§3.1). Rejects as request() does. */
  async read(): Promise<ReadonlySet<string>> {
    await this.#client.request('get', blocking('blocklist', []), undefined, (answer) =>
      this.#become(new Set((answer && readBlocking(answer)) ?? [])),
    );
    return this.#addresses;
  }

  /** §3.2. */
  async block(...addresses: readonly string[]): Promise<void> {
    await this.#client.request('set', blocking('block', addresses));
  }

  /** §3.3; without addresses everybody is unblocked (§3.5). */
  async unblock(...addresses: readonly string[]): Promise<void> {
    await this.#client.request('set', blocking('unblock', addresses));
  }

  #pushed(command: 'block' | 'unblock', payload: Element): void {
    const named = readBlocking(payload);
    if (named === undefined) throw new StanzaError('bad-request', 'modify');
    if (command === 'block') this.#become(new Set([...this.#addresses, ...named]));
    else if (named.length === 0) this.#become(new Set());
    else this.#become(new Set([...this.#addresses].filter((address) => !named.includes(address))));
  }

  #become(addresses: ReadonlySet<string>): void {
    this.#addresses = addresses;
    this.#emitter.emit('changed', addresses);
  }
}
