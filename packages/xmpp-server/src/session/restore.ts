// Sessions as the last process left them: resumable streams come back hibernated, with all they owe (XEP-0198 §5, ADR 0003).

import type { AccountId, DeviceId, Sequence } from '@parlance/core/ids';
import type { Availability } from '@parlance/core/session';
import type { StoredEntry, StreamState } from '@parlance/core/store';
import type { Context } from '../context.ts';
import { shownEntry, wrap } from '../message/wrap.ts';
import { Fate, ofCopy } from './fate.ts';
import type { Wrapping } from './outbound.ts';
import { Resumption } from './resumption.ts';
import { type StoredItem, type StoredPointer, XmppSession } from './session.ts';
import type { Sessions } from './sessions.ts';

/** The adapter's own state of a session, as `XmppSession` wrote it. */
interface StoredSession {
  readonly presence: string;
  readonly availability?: Availability;
  readonly since: number;
  readonly device?: string;
  readonly values: Readonly<Record<string, unknown>>;
}

/** Entries fetched with one query. */
const pageSize = 128;

/** What keeps the place of an entry that is gone, so that the counts of both sides stay equal (XEP-0198 §4). */
const placeHolder = (session: XmppSession): string => `<message to='${session.jid}' type='headline'/>`;

/** Restores every stream of the data directory. Streams of accounts that are gone are removed. */
export const restoreSessions = async (context: Context, sessions: Sessions): Promise<number> => {
  const states = await context.stores.streams.all();
  const fates: Fates = new Map();
  for (const state of states) await restoreOne(context, sessions, state, fates);
  return states.length;
};

/** By account and place: sessions that were given the same entry share its fate again. */
type Fates = Map<string, Fate>;

const fateOf = (fates: Fates, session: XmppSession, [sequence, wrapping, taken, pending]: StoredPointer): Fate => {
  if (wrapping === 'carbon-received' || wrapping === 'carbon-sent') return ofCopy;
  const key = `${session.account.id} ${sequence}`;
  const fate = fates.get(key) ?? new Fate(false, false);
  fate.taken ||= taken;
  fate.pending ||= pending;
  fates.set(key, fate);
  return fate;
};

const restoreOne = async (context: Context, sessions: Sessions, state: StreamState, fates: Fates): Promise<void> => {
  const account = await context.accounts.load(state.address);
  if (account?.id !== state.account) {
    context.commits.write(context.stores.streams.remove(state.id));
    return;
  }
  const stored = JSON.parse(state.state) as StoredSession;
  const device = stored.device as DeviceId | undefined;
  const parts = sessions.parts(state.id, account, state.label, device, stored.since);
  const session = new XmppSession(parts, undefined, { address: '', port: 0 });
  session.presence = stored.presence;
  session.availability = stored.availability;
  session.values.restore(stored.values);
  session.handled = state.received;
  session.resumption = restoredResumption(context, state);
  session.outbound.acknowledged = state.acknowledged;
  await restoreItems(context, session, JSON.parse(state.queue) as readonly StoredItem[], fates);
  session.outbound.restored();
  sessions.restore(session);
};

const restoredResumption = ({ limits }: Context, state: StreamState): Resumption => {
  const resumption = new Resumption(limits.resumption, true, undefined);
  resumption.expires = state.expires;
  resumption.durable = true;
  resumption.received = state.received;
  resumption.committed = state.received;
  return resumption;
};

const restoreItems = async (
  context: Context,
  session: XmppSession,
  items: readonly StoredItem[],
  fates: Fates,
): Promise<void> => {
  const sequences = items.flatMap((item) => (typeof item === 'string' ? [] : [item[0] as Sequence]));
  const entries = await loadEntries(context, session.account.id, sequences);
  for (const item of items) {
    if (typeof item === 'string') session.outbound.push({ text: item, pointer: undefined, batch: undefined });
    else {
      const [sequence, wrapping] = item;
      const entry = entries.get(sequence);
      const text =
        entry === undefined
          ? placeHolder(session)
          : wrap(shownEntry(context, session.account, entry), lateAs(wrapping), session.jid);
      const pointer = { sequence: sequence as Sequence, wrapping, fate: fateOf(fates, session, item) };
      session.outbound.push({ text, pointer, batch: undefined });
    }
  }
};

const loadEntries = async (
  { stores }: Context,
  account: AccountId,
  sequences: readonly Sequence[],
): Promise<ReadonlyMap<number, StoredEntry>> => {
  const entries = new Map<number, StoredEntry>();
  for (let at = 0; at < sequences.length; at += pageSize) {
    const page = await stores.mailbox.load(account, sequences.slice(at, at + pageSize));
    for (const entry of page) entries.set(entry.sequence, entry);
  }
  return entries;
};

/** What was to be written at once is late now, and says so (XEP-0203 §2). */
const lateAs = (wrapping: Wrapping): Wrapping => (wrapping === 'plain' ? 'delayed' : wrapping);
