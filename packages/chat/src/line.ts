// The line: what the model needs of a signed-in client, so that it can be played in tests.

import type { Element } from '@parlance/xml/element';
import type { Delivery } from '@parlance/xmpp-client/session/delivery';

/** One archived message (XEP-0313 §4.2). */
export interface ArchivedMessage {
  readonly id: string;
  /** Milliseconds since 1970. */
  readonly stamp: number;
  readonly stanza: Element;
}

/** A page of our own archive, oldest first. */
export interface ArchivePage {
  readonly messages: readonly ArchivedMessage[];
  /** Nothing lies behind the page in the direction of reading (XEP-0313 §4.4). */
  readonly complete: boolean;
}

/** One of `before` ('' means from the end) and `after` says where the page lies (XEP-0059 §2). */
export interface ArchiveQuery {
  /** Only messages exchanged with this bare address. */
  readonly peer?: string;
  readonly before?: string;
  readonly after?: string;
  /** Messages at most. */
  readonly max: number;
}

export interface Line {
  /** Sends when there is a connection; the delivery says what became of it. */
  send(stanza: Element): Delivery;
  /** The payload of the result; rejects with StanzaError, TimeoutError or ConnectionLost. */
  request(type: 'get' | 'set', payload: Element, to?: string): Promise<Element | undefined>;
  /** Rejects as `request` does; StanzaError 'item-not-found' when the id asked for is no longer there. */
  archive(query: ArchiveQuery): Promise<ArchivePage>;
  /** An unpredictable id for a stanza. */
  id(): string;
}
