// One page of an archive for one session: read, cut to what the session can take, sent in order (XEP-0313 §4.2, §4.3).
import type { Account } from '@parlance/core/account';
import type { ArchiveFilter, ArchivePage, StoredEntry } from '@parlance/core/store';
import type { PageReport } from '@parlance/xmpp/wire/xep-0059.rsm';
import type { ArchiveEnd, ArchiveQuery } from '@parlance/xmpp/wire/xep-0313.archive';
import type { Context } from '../context.ts';
import { archiveResult, shownEntry } from '../message/wrap.ts';
import type { XmppSession } from '../session/session.ts';

/** Messages on a page when the client does not say how many, and at most. */
const usual = 100;
const most = 250;

/** An empty `<before/>` or one with an id asks for the messages in front of it (XEP-0059 §2.3, §2.5). */
const isBackwards = ({ page }: ArchiveQuery): boolean => page.before !== undefined;

/**
 * The part of a page that a session can take: at most a quarter of what may be queued to it, yet at least one message.
 * What is cut off is at the far end, where the next page begins.
 */
const cut = ({ entries, complete }: ArchivePage, backwards: boolean, budget: number): ArchivePage => {
  const inOrder = backwards ? entries.toReversed() : entries;
  let size = 0;
  const over = inOrder.findIndex((entry, index) => {
    size += entry.payload.length;
    return size > budget && index > 0;
  });
  if (over === -1) return { entries, complete };
  return { entries: backwards ? inOrder.slice(0, over).toReversed() : inOrder.slice(0, over), complete: false };
};

/**
 * Where a page stands in its set, as far as that costs nothing: the first page begins at 0, and one that is all there is
 * says how many there are (XEP-0059 §2.6). All else would have to be counted entry by entry.
 */
const position = ({ page }: ArchiveQuery, { entries, complete }: ArchivePage): Pick<PageReport, 'index' | 'count'> => {
  if (page.after !== undefined || (page.before !== undefined && page.before !== '')) return {};
  if (complete) return { index: 0, count: entries.length };
  return page.before === undefined ? { index: 0 } : {};
};

/** Sends the messages of a page and says how it ends. */
export const sendPage = async (
  context: Context,
  account: Account,
  session: XmppSession,
  query: ArchiveQuery,
  filter: ArchiveFilter,
): Promise<ArchiveEnd> => {
  const { archive } = context.stores;
  const backwards = isBackwards(query);
  const read = await archive.page(account.id, filter, Math.min(query.page.max ?? usual, most), backwards);
  const part = cut(read, backwards, context.limits.outbound / 4);
  const { entries, complete } = part;
  const id = ({ sequence }: StoredEntry): string => context.archiveIds.seal(account, sequence);
  for (const entry of query.flip ? entries.toReversed() : entries)
    session.send(archiveResult(shownEntry(context, account, entry), id(entry), query.queryId, session.jid));
  const [first, last] = [entries[0], entries.at(-1)];
  const ends = first === undefined || last === undefined ? {} : { first: id(first), last: id(last) };
  return { complete, page: { ...ends, ...position(query, part) } };
};

/** How many messages match, without sending any (XEP-0059 §2.7); nothing is said when counting would cost too much. */
export const countOnly = async (context: Context, account: Account, filter: ArchiveFilter): Promise<ArchiveEnd> => {
  const count = await context.stores.archive.count(account.id, filter);
  return { complete: count === 0, page: count === undefined ? {} : { count } };
};
