// Small questions that every client answers: is it there, and has a message arrived (XEP-0199, XEP-0184).
import { el } from '@parlance/xml/element';
import { namespaces } from '@parlance/xmpp/namespaces';
import { asksForReceipt, receipt } from '@parlance/xmpp/wire/xep-0184.receipts';
import type { XmppClient } from '../client.ts';
import type { Stop } from '../emitter.ts';

/** Answers pings (XEP-0199 §4.4). */
export const answerPings = (client: XmppClient): Stop => {
  client.advertise(namespaces.ping);
  return client.handle('get', 'ping', namespaces.ping, () => undefined);
};

/**
 * Tells senders that their messages have arrived, those whom `mayKnow` allows: a receipt says that one is there
 * (XEP-0184 §5.4, §8). `mayKnow` is given the sender's full address.
 */
export const sendReceipts = (client: XmppClient, mayKnow: (address: string) => boolean): Stop => {
  client.advertise(namespaces.receipts);
  return client.on('message', (message) => {
    const [id, from, type] = [message.attr('id'), message.attr('from'), message.attr('type') ?? 'normal'];
    // §5.3: not in rooms, and never in answer to an error or to a receipt.
    if (id === undefined || from === undefined || !asksForReceipt(message) || !['chat', 'normal'].includes(type))
      return;
    if (!mayKnow(from)) return;
    client.send(el('message', namespaces.client, { to: from, type, id: client.id() }, receipt(id)));
  });
};
