// The line over a signed-in client: requests, stanzas, and pages of the archive collected from its results (XEP-0313 §4).

import { type Element, el } from '@parlance/xml/element';
import { namespaces } from '@parlance/xmpp/namespaces';
import { pageRequest } from '@parlance/xmpp/wire/xep-0059.rsm';
import { readForwarded } from '@parlance/xmpp/wire/xep-0297.forwarding';
import type { XmppClient } from '@parlance/xmpp-client/client';
import type { ArchivedMessage, ArchivePage, ArchiveQuery, Line } from '../line.ts';

const field = (name: string, value: string, type?: 'hidden'): Element =>
  el('field', namespaces.data, { var: name, type }, el('value', namespaces.data, {}, value));

/** The filter of a query (§4.1). */
const filter = (peer: string): Element =>
  el('x', namespaces.data, { type: 'submit' }, field('FORM_TYPE', namespaces.mam, 'hidden'), field('with', peer));

const queryElement = (queryId: string, { peer, before, after, max }: ArchiveQuery): Element => {
  const place = before === undefined ? {} : { before };
  const set = pageRequest({ max, ...place, ...(after === undefined ? {} : { after }) });
  return el('query', namespaces.mam, { queryid: queryId }, ...(peer === undefined ? [] : [filter(peer)]), set);
};

/** What a result message carries; undefined when it is not of this query (§4.2). */
const readResult = (message: Element, queryId: string): ArchivedMessage | 'unreadable' | undefined => {
  const result = message.child('result', namespaces.mam);
  if (result?.attr('queryid') !== queryId) return undefined;
  const forwarded = readForwarded(result);
  const id = result.attr('id');
  if (id === undefined || forwarded?.time === undefined || forwarded.stanza.name !== 'message') return 'unreadable';
  return { id, stamp: forwarded.time, stanza: forwarded.stanza };
};

const archivePage = async (client: XmppClient, query: ArchiveQuery): Promise<ArchivePage> => {
  const queryId = client.id();
  const messages: ArchivedMessage[] = [];
  const stop = client.take('message', (message) => {
    // Only our own account speaks of our archive (CVE-2017-5589 and its kin).
    const result = client.isFromAccount(message) ? readResult(message, queryId) : undefined;
    if (result === undefined) return false;
    if (result !== 'unreadable' && messages.length < query.max) messages.push(result);
    return true;
  });
  try {
    const fin = await client.request('set', queryElement(queryId, query));
    return { messages, complete: fin?.attr('complete') === 'true' || fin?.attr('complete') === '1' };
  } finally {
    stop();
  }
};

/** The line of the client's present stream. */
export const lineOf = (client: XmppClient): Line => ({
  send: (stanza) => client.send(stanza),
  request: (type, payload, to) => client.request(type, payload, to),
  archive: (query) => archivePage(client, query),
  id: () => client.id(),
});
