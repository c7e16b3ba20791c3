// A signed-in account as views see it: people, conversations, ourselves, and whether there is a connection.
import type { Clock } from '@parlance/base/clock';
import type { Element } from '@parlance/xml/element';
import type { RosterItem } from '@parlance/xmpp/wire/rfc-6121.roster';
import { Cell, type Readable } from './cell.ts';
import { People } from './contacts/people.ts';
import type { ConversationView } from './conversation.ts';
import { Drafts } from './drafts.ts';
import type { Line } from './line.ts';
import { Messages } from './messages.ts';
import { Self } from './self.ts';
import type { Pages, TextStorage } from './storage.ts';

/** `waiting` tries again at `until`, in milliseconds since 1970. */
export type ConnectionState =
  | { readonly kind: 'online' }
  | { readonly kind: 'connecting' }
  | { readonly kind: 'waiting'; readonly until: number };

export interface AccountOptions {
  /** Bare address. */
  readonly address: string;
  readonly clock: Clock;
  /** Of this account alone. */
  readonly storage: TextStorage;
  readonly pages: Pages;
  readonly newId: () => string;
}

export class Account {
  readonly address: string;
  readonly people: People;
  readonly messages: Messages;
  readonly self: Self;
  readonly drafts: Drafts;
  readonly #connection = new Cell<ConnectionState>({ kind: 'connecting' });
  readonly #upToDate = new Cell(false);

  constructor({ address, clock, storage, pages, newId }: AccountOptions) {
    this.address = address;
    this.people = new People(address, clock);
    this.messages = new Messages({
      own: address,
      clock,
      storage,
      pages,
      newId,
      mayKnow: (peer) => this.people.mayKnow(peer),
    });
    this.self = new Self(storage);
    this.drafts = new Drafts(storage);
  }

  get connection(): Readable<ConnectionState> {
    return this.#connection;
  }

  /** The list of people and the archive have been read once. */
  get ready(): Readable<boolean> {
    return this.#upToDate;
  }

  /** The conversations in which something was said, the latest first. */
  get conversations(): Readable<readonly ConversationView[]> {
    return this.messages.conversations.list;
  }

  conversation(peer: string): Readable<ConversationView> {
    return this.messages.conversations.with(peer).view;
  }

  /** A new stream. Rejects when the connection is lost before everything has been read. */
  async begin(line: Line, roster: readonly RosterItem[]): Promise<void> {
    this.#connection.set({ kind: 'online' });
    this.people.begin(line, roster);
    this.self.begin(line);
    await this.messages.begin(line);
    this.#upToDate.set(true);
  }

  /** The old stream goes on: nothing was missed (XEP-0198 §5). */
  resumed(): void {
    this.#connection.set({ kind: 'online' });
  }

  /** The connection is gone; the stream may be resumed. */
  interrupted(state: ConnectionState): void {
    this.#connection.set(state);
  }

  /** The stream cannot be resumed. */
  end(): void {
    this.people.end();
    this.self.end();
    this.messages.end();
  }

  /** A stanza of the stream, `isCopy` when it is a carbon's content. */
  heard(stanza: Element, isCopy: boolean): void {
    if (stanza.name === 'message') this.messages.hear(stanza, isCopy);
    if (stanza.name === 'presence') this.people.heard(stanza);
  }
}
