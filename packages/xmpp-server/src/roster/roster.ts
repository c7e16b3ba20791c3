// Contact rows in account views: changed whole, written with the open batch, pushed to interested sessions (RFC 6121 §2.1.6, §2.6; ADR 0006).
import type { Account } from '@parlance/core/account';
import type { Batch } from '@parlance/core/commit-loop';
import { type Contact, isKnown, stranger } from '@parlance/core/contact';
import type { Address, Sequence } from '@parlance/core/ids';
import type { Element } from '@parlance/xml/element';
import { serialise } from '@parlance/xml/serialise';
import { namespaces } from '@parlance/xmpp/namespaces';
import { removedItem, rosterQuery } from '@parlance/xmpp/wire/rfc-6121.roster';
import type { Context } from '../context.ts';
import type { Points } from '../points.ts';
import { sessionKey } from '../session/keys.ts';
import { XmppSession } from '../session/session.ts';
import { itemOf } from './item.ts';
import type { RosterLimits } from './limits.ts';
import { Pushes } from './pushes.ts';

/** The session asked for the roster: it gets pushes (RFC 6121 §2.2). */
const interested = sessionKey('roster', false, true);

/** The item as its owner sees it, '' when there is none: what is compared to know whether a change shows (§2.6.3). */
const looks = (contact: Contact | undefined): string => (contact?.listed === true ? serialise(itemOf(contact)) : '');

/** A row with changes whose fate is not known yet. */
interface Unsettled {
  /** As it is on disk. */
  stored: Contact | undefined;
  changes: number;
}

export class Roster {
  readonly limits: RosterLimits;
  readonly #context: Context;
  readonly #points: Points;
  readonly #pushes: Pushes;
  readonly #unsettled = new WeakMap<Account, Map<Address, Unsettled>>();
  /** Versions that are in memory alone, after a change was lost: on disk they will be given to something else. */
  readonly #unwritten = new WeakMap<Account, number>();

  constructor(context: Context, points: Points, limits: RosterLimits) {
    this.#context = context;
    this.#points = points;
    this.#pushes = new Pushes(context);
    this.limits = limits;
  }

  /** The row about an address, or a stranger's. */
  row(account: Account, address: Address): Contact {
    return account.view.contacts.get(address) ?? stranger(address, account.view.rosterVersion);
  }

  /** Whether one more item fits. */
  hasRoom(account: Account): boolean {
    const { contacts } = account.view;
    return contacts.size < this.limits.items || count(contacts, ({ listed }) => listed) < this.limits.items;
  }

  /** Whether one more request of a stranger fits. */
  takesRequests(account: Account): boolean {
    const { contacts } = account.view;
    return contacts.size < this.limits.requests || count(contacts, ({ listed }) => !listed) < this.limits.requests;
  }

  /** Puts a row in place of the present one, and pushes it when its owner can see the change; `always` when he set it himself. */
  save(account: Account, contact: Contact, always = false): void {
    const before = account.view.contacts.get(contact.address);
    const shows = always || looks(before) !== looks(contact);
    const version = account.view.rosterVersion + (shows ? 1 : 0);
    const gone = before?.listed === true && !contact.listed;
    const after = { ...contact, version: shows ? version : contact.version };
    this.#swap(account, contact.address, isKnown(after) ? after : undefined, version, gone);
    if (gone) this.#push(account, removedItem(contact.address), version);
    else if (shows) this.#push(account, itemOf(after), version);
  }

  /** Takes an item off the roster. A request that waits stays: to remove is not to answer (§3.1.3 rule 4). */
  remove(account: Account, contact: Contact): void {
    const { permission, request } = contact;
    const left = stranger(contact.address, contact.version);
    this.save(account, permission === 'pending' ? { ...left, permission, request } : left);
  }

  /** Everything that there is to be told is on disk. */
  isSettled(account: Account): boolean {
    return (this.#unsettled.get(account)?.size ?? 0) === 0;
  }

  /** The whole roster (§2.1.4), or what a client that knows `ver` is missing: a list of pushes, none when it is up to date (§2.6.3). */
  since(account: Account, ver: string | undefined): Element | readonly string[] {
    const { contacts, rosterVersion, rosterRemoval } = account.view;
    const items = [...contacts.values()].filter(({ listed }) => listed);
    const known = ver === undefined ? undefined : this.#context.archiveIds.open(account, ver);
    const changed = items.filter(({ version }) => version > (known ?? 0)).sort((a, b) => a.version - b.version);
    const whole =
      known === undefined || known > rosterVersion || known < rosterRemoval || changed.length > items.length / 2;
    if (whole) return rosterQuery(items.map(itemOf), this.#ver(account, rosterVersion));
    return changed.map((contact) => this.#query(account, itemOf(contact), contact.version));
  }

  /** From now on the session gets pushes (§2.2). */
  interest(session: XmppSession): void {
    session.values.set(interested, true);
    session.touch();
  }

  /** The sessions that get pushes (§2.2). */
  interested(account: Account): readonly XmppSession[] {
    return this.#context.table
      .sessions(account.address)
      .filter((session): session is XmppSession => session instanceof XmppSession && session.values.get(interested));
  }

  /** What a session is missing follows the answer that it is being given. */
  catchUp(session: XmppSession, queries: readonly string[]): void {
    this.#pushes.follow(session, queries);
  }

  #push(account: Account, item: Element, version: number): void {
    const sessions = this.interested(account);
    if (sessions.length === 0) return;
    const query = this.#query(account, item, version);
    for (const session of sessions) this.#pushes.push(session, query);
  }

  #query(account: Account, item: Element, version: number): string {
    return serialise(rosterQuery([item], this.#ver(account, version)), namespaces.client);
  }

  /**
   * Opaque, and of this account alone: a later owner of the address never meets it (§2.1.1). Nothing where it is not on
   * disk: who says nothing next time is given everything (§2.6.2).
   */
  #ver(account: Account, version: number): string {
    if (this.#unwritten.get(account) === version) return '';
    return this.#context.archiveIds.seal(account, version as Sequence);
  }

  #swap(account: Account, address: Address, contact: Contact | undefined, version: number, gone: boolean): void {
    const { contacts: store } = this.#context.stores;
    const { view } = account;
    const before = view.contacts.get(address);
    account.view = {
      ...view,
      contacts: withRow(view.contacts, address, contact),
      rosterVersion: version,
      rosterRemoval: gone ? version : view.rosterRemoval,
    };
    const writes = contact === undefined ? store.remove(account.id, address, version) : store.put(account.id, contact);
    this.#context.commits.write(...writes, ...(gone ? [store.delisted(account.id, version)] : []));
    this.#undoIfLost(account, address, before, contact);
    this.#points.contactChanged.run({ account, address, before, contact });
  }

  /** A change that could not be committed is undone, unless a later one decides about the row (ADR 0003). */
  #undoIfLost(account: Account, address: Address, before: Contact | undefined, after: Contact | undefined): void {
    const rows = this.#unsettled.get(account) ?? new Map<Address, Unsettled>();
    const row = rows.get(address) ?? { stored: before, changes: 0 };
    row.changes++;
    this.#unsettled.set(account, rows.set(address, row));
    const settled = ({ state }: Batch): void => {
      row.changes--;
      if (row.changes === 0) rows.delete(address);
      if (state === 'committed') row.stored = after;
      else if (row.changes === 0) this.#undo(account, address, row.stored);
    };
    this.#context.commits.join({ snapshot: () => undefined, settled });
  }

  /** Puts the row back that is on disk. Whoever was given a version meanwhile is given everything anew. */
  #undo(account: Account, address: Address, stored: Contact | undefined): void {
    const { view } = account;
    const version = view.rosterVersion + 1;
    const contacts = withRow(view.contacts, address, stored);
    account.view = { ...view, contacts, rosterVersion: version, rosterRemoval: version };
    this.#unwritten.set(account, version);
  }
}

const count = (contacts: ReadonlyMap<string, Contact>, what: (contact: Contact) => boolean): number => {
  let found = 0;
  for (const contact of contacts.values()) if (what(contact)) found++;
  return found;
};

const withRow = (
  contacts: ReadonlyMap<string, Contact>,
  address: Address,
  contact: Contact | undefined,
): ReadonlyMap<string, Contact> => {
  const changed = new Map(contacts);
  if (contact === undefined) changed.delete(address);
  else changed.set(address, contact);
  return changed;
};
