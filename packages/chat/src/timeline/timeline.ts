// A conversation's messages, each exactly once, whatever order live messages, carbons and archive pages come in.
import { firstSight, isSame, join, type Message, type Sighting } from './message.ts';

/**
 * `ranked` messages have a known place in the archive and stand in its order; `loose` ones stand by their time.
 * The rest are facts about messages, kept by reference, because they may come before the message does.
 */
export interface Timeline {
  readonly ranked: readonly Message[];
  readonly loose: readonly Message[];
  /** The archive has nothing older. */
  readonly complete: boolean;
  /** Ids whose receipt has come (XEP-0184 §5). */
  readonly received: ReadonlySet<string>;
  /** Ids up to which the contact has read our messages (XEP-0333 §4.2). */
  readonly readByThem: ReadonlySet<string>;
  /** Ids up to which we have read, on any device. */
  readonly readByUs: ReadonlySet<string>;
  /** Origin-ids of ours that the server has taken (XEP-0198 §4). */
  readonly taken: ReadonlySet<string>;
  /** Origin-ids of ours that came back, with the sentence that says why. */
  readonly failed: ReadonlyMap<string, string>;
}

const nothing: ReadonlySet<string> = new Set();

export const emptyTimeline: Timeline = {
  ranked: [],
  loose: [],
  complete: false,
  received: nothing,
  readByThem: nothing,
  readByUs: nothing,
  taken: nothing,
  failed: new Map(),
};

/** Facts of one kind that are kept; the oldest give way. */
const factLimit = 1_000;

/** Messages of one conversation that are kept; the oldest give way, and are in the archive. */
const messageLimit = 5_000;

const added = (facts: ReadonlySet<string>, fact: string): ReadonlySet<string> => {
  if (facts.has(fact)) return facts;
  const all = [...facts, fact];
  return new Set(all.slice(Math.max(0, all.length - factLimit)));
};

/** A fact of one kind is known. */
export const withFact = (
  timeline: Timeline,
  kind: 'received' | 'readByThem' | 'readByUs' | 'taken',
  id: string,
): Timeline => {
  const facts = added(timeline[kind], id);
  return facts === timeline[kind] ? timeline : { ...timeline, [kind]: facts };
};

const all = ({ ranked, loose }: Timeline): readonly Message[] => [...ranked, ...loose];

/** The message that was sighted before, if it was. */
export const find = (timeline: Timeline, sighting: Sighting): Message | undefined =>
  all(timeline).findLast((message) => isSame(message, sighting));

/** The newest time in the conversation; 0 when it is empty. */
const newest = (timeline: Timeline): number => all(timeline).reduce((latest, { at }) => Math.max(latest, at), 0);

const trimmed = (timeline: Timeline): Timeline => {
  const { ranked, loose } = timeline;
  if (ranked.length + loose.length <= messageLimit) return timeline;
  const keptRanked = ranked.slice(-messageLimit);
  const keptLoose = loose.slice(-messageLimit);
  return {
    ...timeline,
    ranked: keptRanked,
    loose: keptLoose,
    complete: keptRanked.length === ranked.length && timeline.complete,
  };
};

/**
 * Where a live message belongs: `last`, behind everything, because the archive has been read up to now;
 * `now`, when it has not; `past`, when it waited for us on the way and bears the time of its sending (XEP-0203).
 */
export type LivePlace = 'last' | 'now' | 'past';

/** A live message, a carbon, or one that we write. */
export const withLive = (timeline: Timeline, sighting: Sighting, place: LivePlace): Timeline => {
  const known = find(timeline, sighting);
  if (known !== undefined) {
    const replace = (message: Message): Message => (message === known ? join(message, sighting, false) : message);
    return { ...timeline, ranked: timeline.ranked.map(replace), loose: timeline.loose.map(replace) };
  }
  // What comes later stands lower, also within one millisecond and when this clock is behind the archive's.
  const at = place === 'past' ? sighting.at : Math.max(sighting.at, newest(timeline) + 1);
  const message = firstSight({ ...sighting, at }, false);
  return trimmed(
    place === 'last' && sighting.archiveId !== undefined
      ? { ...timeline, ranked: [...timeline.ranked, message] }
      : { ...timeline, loose: [...timeline.loose, message] },
  );
};

/** Where a page stands: right in front of everything ranked, or right behind it. */
export type PageSide = 'before' | 'after';

/** A known message keeps the place that an earlier page gave it, unless this page lies further up. */
const staysPut = (known: Message, sighting: Sighting, side: PageSide): boolean =>
  known.stamped && (known.archiveId === sighting.archiveId || side === 'after');

/**
 * A page of the archive, oldest first, next to what was read before. Every message stays once: where the archive has
 * it, and at the first place if the archive has it twice.
 */
export const withPage = (timeline: Timeline, page: readonly Sighting[], side: PageSide): Timeline => {
  let { ranked, loose } = timeline;
  const fresh: Message[] = [];
  for (const sighting of page) {
    const same = (message: Message): boolean => isSame(message, sighting);
    const known = ranked.findLast(same) ?? loose.find(same);
    if (fresh.some(same) || (known !== undefined && staysPut(known, sighting, side))) continue;
    if (known !== undefined) {
      ranked = ranked.filter((message) => message !== known);
      loose = loose.filter((message) => message !== known);
    }
    fresh.push(known === undefined ? firstSight(sighting, true) : join(known, sighting, true));
  }
  return trimmed({ ...timeline, ranked: side === 'before' ? [...fresh, ...ranked] : [...ranked, ...fresh], loose });
};

/** The archive's beginning has been read. */
export const asComplete = (timeline: Timeline): Timeline =>
  timeline.complete ? timeline : { ...timeline, complete: true };

/** The archive has grown past what can be read in steps: places are forgotten, what was not archived stays. */
export const forgetPlaces = (timeline: Timeline): Timeline => ({ ...timeline, ranked: [], complete: false });

/** Our message could not be delivered; `reason` names a sentence. */
export const withFailure = (timeline: Timeline, originId: string, reason: string): Timeline => ({
  ...timeline,
  failed: new Map([...timeline.failed, [originId, reason] as const].slice(-factLimit)),
});

/** Our message is about to be sent again: no longer failed, and as new as everything that has come since. */
export const asRetried = (timeline: Timeline, originId: string, at: number): Timeline => {
  const isRetried = (message: Message): boolean => message.originId === originId && message.direction === 'out';
  const message = [...timeline.ranked, ...timeline.loose].find(isRetried);
  if (message === undefined) return timeline;
  const failed = new Map(timeline.failed);
  failed.delete(originId);
  const taken = new Set(timeline.taken);
  taken.delete(originId);
  const stamp = Math.max(at, newest(timeline) + 1);
  const again = { ...message, at: stamp, archiveId: undefined, stamped: false, local: true };
  const others = (messages: readonly Message[]): readonly Message[] => messages.filter((other) => !isRetried(other));
  return { ...timeline, failed, taken, ranked: others(timeline.ranked), loose: [...others(timeline.loose), again] };
};

/** A message that reached nobody is taken back. */
export const without = (timeline: Timeline, originId: string): Timeline => ({
  ...timeline,
  ranked: timeline.ranked.filter((message) => message.originId !== originId || message.direction === 'in'),
  loose: timeline.loose.filter((message) => message.originId !== originId),
});
