// The roster, kept up to date by pushes, fetched by version (RFC 6121 §2).
import type { Element } from '@parlance/xml/element';
import { formatJid, parseJid } from '@parlance/xmpp/jid';
import { namespaces } from '@parlance/xmpp/namespaces';
import { presence } from '@parlance/xmpp/wire/rfc-6121.presence';
import {
  itemToSet,
  type RosterItem,
  readRosterItem,
  removedItem,
  rosterQuery,
} from '@parlance/xmpp/wire/rfc-6121.roster';
import type { XmppClient } from '../client.ts';
import { Emitter, type Stop } from '../emitter.ts';
import { StanzaError } from '../errors.ts';

/** A roster as it was known before, to be asked for by its version (§2.6). */
export interface KnownRoster {
  readonly version: string;
  readonly items: readonly RosterItem[];
}

export interface RosterEvents {
  /** The whole roster has been read or confirmed. */
  readonly read: ReadonlyMap<string, RosterItem>;
  /** One item has changed, been added, or been removed. */
  readonly changed: { readonly item: RosterItem; readonly removed: boolean };
}

/** Contacts that are kept at most. */
const longest = 50_000;

export class Roster {
  readonly #client: XmppClient;
  readonly #emitter: Emitter<RosterEvents>;
  #items = new Map<string, RosterItem>();
  #version: string | undefined;

  /** Handles the client's roster pushes from now on. */
  constructor(client: XmppClient, known?: KnownRoster) {
    this.#client = client;
    this.#emitter = new Emitter(client.fault);
    for (const item of known?.items ?? []) this.#items.set(item.jid, item);
    this.#version = known?.version;
    client.handle('set', 'query', namespaces.roster, (query, iq) => {
      // §2.1.6: whoever else pushes is an attacker; he learns nothing (checklist 23).
      if (!client.isFromAccount(iq)) throw new StanzaError('service-unavailable', 'cancel');
      const [item] = query.elements();
      if (item === undefined) throw new StanzaError('bad-request', 'modify');
      this.#pushed(readRosterItem(item), item.attr('subscription') === 'remove', query.attr('ver'));
      return undefined;
    });
  }

  get items(): ReadonlyMap<string, RosterItem> {
    return this.#items;
  }

  /** What to keep for the next time; undefined when the server has no versions. */
  get known(): KnownRoster | undefined {
    return this.#version === undefined ? undefined : { version: this.#version, items: [...this.#items.values()] };
  }

  on<Name extends keyof RosterEvents>(name: Name, listener: (event: RosterEvents[Name]) => void): Stop {
    return this.#emitter.on(name, listener);
  }

  /** Reads the roster, once for each new session, before initial presence (§2.2). Rejects as request() does. */
  async read(): Promise<ReadonlyMap<string, RosterItem>> {
    const versions = this.#client.serverFeatures.child('ver', namespaces.rosterVer) !== undefined;
    const ask = rosterQuery([], versions ? (this.#version ?? '') : undefined);
    await this.#client.request('get', ask, undefined, (answer) => {
      // §2.6.3: an empty result says that nothing changed, or that the changes follow as pushes.
      if (answer !== undefined) this.#become(answer);
      this.#emitter.emit('read', this.#items);
    });
    return this.#items;
  }

  /** Adds a contact or changes his name and groups (§2.3, §2.4). */
  async set(address: string, name = '', groups: readonly string[] = []): Promise<void> {
    await this.#client.request('set', rosterQuery([itemToSet(address, name, groups)]));
  }

  /** Removes a contact; both subscriptions end (§2.5). */
  async remove(address: string): Promise<void> {
    await this.#client.request('set', rosterQuery([removedItem(address)]));
  }

  /** Asks to see his presence (§3.1), ends that (`unsubscribe`, §3.3), lets him see ours (§3.1.4), or no longer (§3.2). */
  subscription(type: 'subscribe' | 'unsubscribe' | 'subscribed' | 'unsubscribed', address: string): void {
    this.#client.send(presence(type, { to: bareOf(address) }));
  }

  #become(answer: Element): void {
    const items = answer.elements().flatMap((item) => readRosterItem(item) ?? []);
    this.#items = new Map(items.slice(0, longest).map((item) => [item.jid, item]));
    this.#version = answer.attr('ver');
  }

  #pushed(item: RosterItem | undefined, removed: boolean, version: string | undefined): void {
    if (item === undefined) return;
    if (removed) this.#items.delete(item.jid);
    else if (this.#items.size < longest || this.#items.has(item.jid)) this.#items.set(item.jid, item);
    if (version !== undefined) this.#version = version;
    this.#emitter.emit('changed', { item, removed });
  }
}

/** §3.1.1: subscriptions are between accounts. */
const bareOf = (address: string): string => {
  const jid = parseJid(address);
  return jid === undefined ? address : formatJid({ ...jid, resource: '' });
};
