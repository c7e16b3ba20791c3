// What a view shows of a timeline: messages in order with their state, and what is unread.
import { isMeant, type Message } from './message.ts';
import type { Timeline } from './timeline.ts';

/** `waiting`: not with the server yet. `sent`: the server has it. `delivered`, `read`: the contact's device, the contact. */
export type OutState = 'waiting' | 'sent' | 'delivered' | 'read' | 'failed';

export interface Entry {
  readonly key: string;
  readonly direction: 'in' | 'out';
  readonly text: string;
  /** Milliseconds since 1970. */
  readonly at: number;
  readonly originId: string | undefined;
  /** Of our messages only. */
  readonly state: OutState | undefined;
  /** The sentence that says why it failed. */
  readonly failure: string | undefined;
}

export interface Unread {
  readonly count: number;
  /** Key of the first unread message. */
  readonly first: string | undefined;
  /** False: there may be more, further up in the archive. */
  readonly exact: boolean;
}

const isWaiting = ({ taken, received, readByThem }: Timeline, message: Message): boolean =>
  message.local && ![taken, received, readByThem].some((facts) => isMeant(message, facts));

/** Of each place, the earliest time at it or behind it: never falling, so that times can be looked up in one walk. */
const floors = (ranked: readonly Message[]): readonly number[] => {
  const times: number[] = [];
  let floor = Number.POSITIVE_INFINITY;
  for (const { at } of ranked.toReversed()) {
    floor = Math.min(floor, at);
    times.push(floor);
  }
  return times.toReversed();
};

/** Loose messages go behind the last ranked one that is not newer. */
const woven = (ranked: readonly Message[], placed: readonly Message[]): readonly Message[] => {
  const times = floors(ranked);
  const ordered: Message[] = [];
  let next = 0;
  for (const message of placed) {
    for (; (times[next] ?? Number.POSITIVE_INFINITY) <= message.at; next++)
      ordered.push(...ranked.slice(next, next + 1));
    ordered.push(message);
  }
  return [...ordered, ...ranked.slice(next)];
};

/** The messages in order: ranked ones by the archive, loose ones by time between them, what waits to be sent last. */
export const inOrder = (timeline: Timeline): readonly Message[] => {
  const { ranked, loose } = timeline;
  if (loose.length === 0) return ranked;
  const waiting = loose.filter((message) => isWaiting(timeline, message));
  const placed = loose.filter((message) => !isWaiting(timeline, message));
  return [
    ...woven(
      ranked,
      placed.toSorted((one, other) => one.at - other.at),
    ),
    ...waiting,
  ];
};

const lastMeant = (messages: readonly Message[], direction: 'in' | 'out', references: ReadonlySet<string>): number =>
  messages.findLastIndex((message) => message.direction === direction && isMeant(message, references));

const outState = (timeline: Timeline, message: Message, read: boolean): OutState => {
  if (message.originId !== undefined && timeline.failed.has(message.originId)) return 'failed';
  if (read) return 'read';
  if (isMeant(message, timeline.received)) return 'delivered';
  return isWaiting(timeline, message) ? 'waiting' : 'sent';
};

/** Everything that a view shows, oldest first. */
export const entriesOf = (timeline: Timeline): readonly Entry[] => {
  const messages = inOrder(timeline);
  // XEP-0333 §1: a marker means all messages up to this point.
  const readUpTo = lastMeant(messages, 'out', timeline.readByThem);
  return messages.map((message, index) => {
    const { key, direction, text, at, originId } = message;
    const state = direction === 'in' ? undefined : outState(timeline, message, index <= readUpTo);
    return { key, direction, text, at, originId, state, failure: timeline.failed.get(originId ?? '') };
  });
};

/** What has not been read: the contact's messages behind our last marker and behind our last answer. */
export const unreadOf = (timeline: Timeline): Unread => {
  const messages = inOrder(timeline);
  const answered = messages.findLastIndex((message) => message.direction === 'out' && !isWaiting(timeline, message));
  const read = Math.max(answered, lastMeant(messages, 'in', timeline.readByUs));
  const unread = messages.slice(read + 1).filter(({ direction }) => direction === 'in');
  return { count: unread.length, first: unread[0]?.key, exact: read >= 0 || timeline.complete };
};

/** The newest message of the contact: what a marker refers to. */
export const lastIncoming = (timeline: Timeline): Message | undefined =>
  inOrder(timeline).findLast(({ direction }) => direction === 'in');
