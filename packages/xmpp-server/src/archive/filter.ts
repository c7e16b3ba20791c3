// From a query on the wire to a filter of the store: ids opened and known, limits joined (XEP-0313 §4.1, §4.3).
import { isRefusal, type Refusal, refuse } from '@parlance/base/refusal';
import type { Account } from '@parlance/core/account';
import { addressOf, type Sequence } from '@parlance/core/ids';
import type { ArchiveFilter } from '@parlance/core/store';
import type { Jid } from '@parlance/xmpp/jid';
import type { ArchiveQuery } from '@parlance/xmpp/wire/xep-0313.archive';
import type { Context } from '../context.ts';

/** Ids that one query may name. */
const maxIds = 128;

/** The places of ids that the account's archive has; one that it has not refuses the query (§4.1.3, §4.3.2). */
const placesOf = async (
  { archiveIds, stores }: Context,
  account: Account,
  ids: readonly string[],
): Promise<ReadonlyMap<string, Sequence> | Refusal> => {
  const places = new Map<string, Sequence>();
  for (const id of ids) {
    const place = archiveIds.open(account, id);
    if (place === undefined) return refuse('not-found');
    places.set(id, place);
  }
  const asked = [...places.values()];
  const present = await stores.archive.present(account.id, asked);
  return asked.every((place) => present.has(place)) ? places : refuse('not-found');
};

const withJid = ({ local, domain, resource }: Jid): ArchiveFilter => ({
  peer: local === '' ? domain : addressOf(local, domain),
  ...(resource === '' ? {} : { label: resource }),
});

/** Later of two lower limits, earlier of two upper ones: the form's and the page's hold together (§9). */
const bound = (
  choose: (...places: readonly number[]) => number,
  places: readonly (Sequence | undefined)[],
): Sequence | undefined => {
  const given = places.filter((place) => place !== undefined);
  return given.length === 0 ? undefined : (choose(...given) as Sequence);
};

/** The filter that a query means, or why it cannot be answered. */
export const filterOf = async (
  context: Context,
  account: Account,
  query: ArchiveQuery,
): Promise<ArchiveFilter | Refusal> => {
  const { page, beforeId, afterId, ids } = query;
  if (ids !== undefined && ids.length > maxIds) return refuse('too-large');
  const before = page.before === '' ? undefined : page.before;
  const limits = [page.after, afterId, before, beforeId].filter((id) => id !== undefined);
  const places = await placesOf(context, account, limits);
  const wanted = await placesOf(context, account, ids ?? []);
  if (isRefusal(places)) return places;
  if (isRefusal(wanted)) return wanted;
  const place = (id: string | undefined): Sequence | undefined => places.get(id ?? '');
  const [lower, upper] = [
    bound(Math.max, [place(page.after), place(afterId)]),
    bound(Math.min, [place(before), place(beforeId)]),
  ];
  return {
    ...(query.with === undefined ? {} : withJid(query.with)),
    ...(query.start === undefined ? {} : { start: query.start }),
    ...(query.end === undefined ? {} : { end: query.end }),
    ...(lower === undefined ? {} : { after: lower }),
    ...(upper === undefined ? {} : { before: upper }),
    ...(ids === undefined ? {} : { sequences: [...wanted.values()] }),
  };
};
