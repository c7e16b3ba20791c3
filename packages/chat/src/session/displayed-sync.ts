// How far our own devices have read each chat, kept with the account: the same unread numbers everywhere (XEP-0490 §4).

import { namespaces } from '@parlance/xmpp/namespaces';
import type { WireItem } from '@parlance/xmpp/wire/xep-0060.pubsub';
import { displayedUpTo, readDisplayedUpTo } from '@parlance/xmpp/wire/xep-0490.displayed-sync';
import type { XmppClient } from '@parlance/xmpp-client/client';
import { fetchItems, onEvent, publish } from '@parlance/xmpp-client/features/pep';

/** §4.2: for nobody else, one item for each chat, and no events about what is old. */
const options = {
  persist_items: 'true',
  max_items: 'max',
  send_last_published_item: 'never',
  access_model: 'whitelist',
};

/** Chats whose marks are read. */
const markLimit = 2_000;

export class DisplayedSync {
  readonly #client: XmppClient;
  readonly #hear: (peer: string, archiveId: string) => void;

  /** `hear` is told of every mark: a chat's address, and the archive id of the last message shown. */
  constructor(client: XmppClient, hear: (peer: string, archiveId: string) => void) {
    this.#client = client;
    this.#hear = hear;
    onEvent(client, namespaces.mds, ({ owner, event }) => {
      if (owner === client.account && event.kind === 'items') this.#take(event.items);
    });
  }

  /** Reads all marks (§4.4). Rejects as request() does. */
  async read(): Promise<void> {
    this.#take(await fetchItems(this.#client, undefined, namespaces.mds));
  }

  /** Marks a chat. A server that keeps no marks changes nothing. */
  mark(peer: string, archiveId: string): void {
    const item = { id: peer, payload: displayedUpTo(archiveId, this.#client.account) };
    publish(this.#client, namespaces.mds, item, options).catch(() => undefined);
  }

  #take(items: readonly WireItem[]): void {
    for (const { id, payload } of items.slice(0, markLimit)) {
      const archiveId = readDisplayedUpTo(payload, this.#client.account);
      if (archiveId !== undefined) this.#hear(id, archiveId);
    }
  }
}
