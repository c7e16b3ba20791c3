// An account's whole archive by the protocol: every message's id, as often as it stands there (XEP-0313 §4, XEP-0059 §2.2).
import { type Element, el } from '@parlance/xml/element';
import { namespaces } from '@parlance/xmpp/namespaces';
import type { XmppClient } from '@parlance/xmpp-client/client';

const { mam, rsm, forward, client: clientNs } = namespaces;

const pageSize = 100;

/** How often each message id is in the archive. */
export const archivedIds = async (client: XmppClient): Promise<ReadonlyMap<string, number>> => {
  const counts = new Map<string, number>();
  const stop = client.take('message', (message) => {
    const result = message.child('result', mam);
    const id = result?.child('forwarded', forward)?.child('message', clientNs)?.attr('id');
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
