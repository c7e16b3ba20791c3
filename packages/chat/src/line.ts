// The line: what the model needs of a signed-in client, so that it can be played in tests.

import type { Element } from '@parlance/xml/element';
import type { ArchivePage, ArchiveQuery } from '@parlance/xmpp-client/features/archive';
import type { Picture } from '@parlance/xmpp-client/features/avatar';
import type { Delivery } from '@parlance/xmpp-client/session/delivery';

export interface Line {
  /** Sends when there is a connection; the delivery says what became of it. */
  send(stanza: Element): Delivery;
  /** The payload of the result; rejects with StanzaError, TimeoutError or ConnectionLost. */
  request(type: 'get' | 'set', payload: Element, to?: string): Promise<Element | undefined>;
  /** A page of our own archive. Rejects as `request` does; StanzaError 'item-not-found' when the place is gone. */
  archive(query: ArchiveQuery): Promise<Pick<ArchivePage, 'messages' | 'complete'>>;
  /** Tells our other devices up to which message of the archive a chat has been shown (XEP-0490). */
  markDisplayed(peer: string, archiveId: string): void;
  /** Publishes our picture for all who may see our presence (XEP-0084 §4). Rejects as `request` does. */
  publishPicture(picture: Picture): Promise<void>;
  /** Has no picture any more. Rejects as `request` does. */
  withdrawPicture(): Promise<void>;
  /** A picture that its owner has published; undefined when it is not there, or not what its hash says (XEP-0084 §4.4). */
  picture(owner: string, hash: string): Promise<Uint8Array | undefined>;
  /** What our presence says that we can do (XEP-0115 §4). */
  capabilities(): Element;
}
