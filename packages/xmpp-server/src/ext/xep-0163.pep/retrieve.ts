// Reading items (XEP-0060 §6.5).
import { namespaces } from '@parlance/xmpp/namespaces';
import { errorElement } from '@parlance/xmpp/stanza-error';
import { type PageReport, pageReport, readPageRequest } from '@parlance/xmpp/wire/xep-0059.rsm';
import { itemsElement, pubsub, readItems } from '@parlance/xmpp/wire/xep-0060.pubsub';
import type { IqAnswer } from '../../extension.ts';
import { toWire } from '../../pubsub/personal-nodes.ts';
import { type Action, type Ask, atReadableNode } from './action.ts';
import { type Page, pageOf } from './page.ts';

/** Items asked for by id in one request. */
const maxIds = 100;

const byIds = async ({ nodes, account, name }: Ask, ids: readonly string[]): Promise<IqAnswer> => {
  if (ids.length > maxIds) return errorElement('policy-violation');
  const found = await nodes.items.named(account.id, name, ids);
  return pubsub(itemsElement(name, found.map(toWire)));
};

/** The newest `max_items`, undefined when the attribute is no number; without it all (§6.5.7). */
const newestCount = (text: string | undefined): number | undefined => {
  if (text === undefined) return Number.MAX_SAFE_INTEGER;
  return /^[1-9]\d{0,8}$/.test(text) ? Number(text) : undefined;
};

const report = ({ places, index }: Page, count: number): PageReport => {
  const [first, last] = [places[0]?.id, places.at(-1)?.id];
  return first === undefined || last === undefined ? { count } : { first, last, index, count };
};

/** A result set where one was asked for, or where not all that was asked for fits (§6.5.4). */
const byPage = async ({ nodes, account, payload, wanted, name }: Ask): Promise<IqAnswer> => {
  const request = readPageRequest(payload);
  const newest = newestCount(wanted.attr('max_items'));
  if (request === undefined || newest === undefined) return errorElement('bad-request');
  const asked = payload.child('set', namespaces.rsm) !== undefined;
  const all = await nodes.items.places(account.id, name);
  const max = Math.min(request.max ?? Number.MAX_SAFE_INTEGER, newest);
  const page = pageOf(all, request, max, !asked || request.before !== undefined);
  if (page === undefined) return errorElement('item-not-found');
  const [first, last] = [page.places[0], page.places.at(-1)];
  const items =
    first === undefined || last === undefined
      ? []
      : await nodes.items.between(account.id, name, first.place, last.place);
  const cut = page.places.length < Math.min(all.length, max);
  return pubsub(itemsElement(name, items.map(toWire)), ...(asked || cut ? [pageReport(report(page, all.length))] : []));
};

export const items: Action = atReadableNode((ask) => {
  const ids = readItems(ask.wanted).map(({ id }) => id);
  return ids.length > 0 ? byIds(ask, ids) : byPage(ask);
});
