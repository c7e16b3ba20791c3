// An account's whole archive by the protocol: every message's id, as often as it stands there (XEP-0313 §4, XEP-0059 §2.2).
import { type Element, el } from '@parlance/xml/element';
import { namespaces } from '@parlance/xmpp/namespaces';
import type { XmppClient } from '@parlance/xmpp-client/client';

const { mam, rsm, forward, client: clientNs } = namespaces;

const pageSize = 100;

/** How often each message is in the archive, by its id or what else tells it from all others. */
export const archivedIds = async (
  client: XmppClient,
  nameOf: (message: Element) => string | undefined = (message) => message.attr('id'),
): Promise<ReadonlyMap<string, number>> => {
  const counts = new Map<string, number>();
  const stop = client.take('message', (stanza) => {
    const result = stanza.child('result', mam);
    const message = result?.child('forwarded', forward)?.child('message', clientNs);
    const id = message && nameOf(message);
    if (id !== undefined) counts.set(id, (counts.get(id) ?? 0) + 1);
    return result !== undefined;
  });
  for (let after: string | undefined, complete = false; !complete; ) {
    const fin: Element | undefined = await client.request('set', page(after));
    complete = fin?.attr('complete') === 'true';
    after = fin?.child('set', rsm)?.childText('last');
  }
  stop();
  return counts;
};

const page = (after: string | undefined): Element =>
  el(
    'query',
    mam,
    {},
    el(
      'set',
      rsm,
      {},
      el('max', rsm, {}, String(pageSize)),
      ...(after === undefined ? [] : [el('after', rsm, {}, after)]),
    ),
  );
