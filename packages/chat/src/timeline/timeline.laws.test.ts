// Laws of the timeline: whatever order live messages, carbons and archive pages come in, the reader sees the same.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { entriesOf, inOrder, unreadOf } from './entries.ts';
import type { Sighting } from './message.ts';
import { asComplete, emptyTimeline, type Timeline, withFact, withLive, withPage } from './timeline.ts';

const start = Date.UTC(2030, 0, 1);

/** An archive: messages in order, several within one stamp, with and without ids of the sender's. */
const archive = fc
  .array(
    fc.record({
      direction: fc.constantFrom('in' as const, 'out' as const),
      pause: fc.integer({ min: 0, max: 2 }),
      named: fc.boolean(),
      id: fc.constantFrom('1', '2', undefined),
    }),
    { maxLength: 40 },
  )
  .map((messages) => {
    let at = start;
    return messages.map(({ direction, pause, named, id }, index): Sighting => {
      at += pause * 1_000;
      const originId = named || direction === 'out' ? `origin-${index}` : undefined;
      const archiveId = `stored-${index}`;
      return {
        direction,
        text: `text ${index}`,
        at,
        id: originId ?? id,
        originId,
        archiveId,
        markable: false,
        local: false,
      };
    });
  });

/** The live appearance: seen a little later, our own messages without the archive's id. */
const live = (stored: Sighting): Sighting => ({
  ...stored,
  at: stored.at + 300,
  archiveId: stored.direction === 'out' ? undefined : stored.archiveId,
});

const texts = (timeline: Timeline): readonly string[] => inOrder(timeline).map(({ text }) => text);

/** Reads the archive from its end in pages, while the tail behind `seen` comes in live at the given moments. */
const readWhile = (
  stored: readonly Sighting[],
  from: number,
  pageSize: number,
  moments: readonly number[],
): Timeline => {
  let timeline = emptyTimeline;
  const coming = stored.slice(from).map((sighting, index) => ({ sighting, moment: (moments[index] ?? 0) % 5 }));
  let arrived = 0;
  const arrive = (moment: number): void => {
    for (; arrived < coming.length && (coming[arrived]?.moment ?? 0) <= moment; arrived++) {
      const next = coming[arrived];
      if (next !== undefined) timeline = withLive(timeline, live(next.sighting), moment > 1 ? 'last' : 'now');
    }
  };
  let end = stored.length;
  for (let step = 0; end > 0; step++) {
    arrive(step);
    const begin = Math.max(0, end - pageSize);
    timeline = withPage(timeline, stored.slice(begin, end), 'before');
    end = begin;
  }
  arrive(Number.POSITIVE_INFINITY);
  return asComplete(timeline);
};

describe('the timeline', () => {
  it('is the archive, each message once, however live messages and pages interleave', () => {
    fc.assert(
      fc.property(
        archive,
        fc.nat(),
        fc.integer({ min: 1, max: 15 }),
        fc.array(fc.nat(), { maxLength: 40 }),
        (stored, cut, pageSize, moments) => {
          // What is read from the archive at the first page contains all that came live before it was asked for.
          const sorted = moments.map((moment) => moment % 5).sort((one, other) => one - other);
          const timeline = readWhile(stored, stored.length === 0 ? 0 : cut % stored.length, pageSize, sorted);
          expect(texts(timeline)).toEqual(stored.map(({ text }) => text));
          expect(new Set(entriesOf(timeline).map(({ key }) => key)).size).toBe(stored.length);
        },
      ),
    );
  });

  it('takes any sighting any number of times', () => {
    fc.assert(
      fc.property(archive, fc.array(fc.nat(), { maxLength: 60 }), (stored, again) => {
        let timeline = withPage(emptyTimeline, stored, 'before');
        const before = entriesOf(timeline);
        for (const index of again) {
          const sighting = stored[index % Math.max(1, stored.length)];
          if (sighting !== undefined) timeline = withLive(timeline, live(sighting), index % 2 === 0 ? 'last' : 'now');
          if (sighting !== undefined) timeline = withPage(timeline, [sighting], index % 3 === 0 ? 'before' : 'after');
        }
        expect(entriesOf(timeline)).toEqual(before);
      }),
    );
  });

  it('catches up in pages of any size after a break', () => {
    fc.assert(
      fc.property(archive, fc.nat(), fc.integer({ min: 1, max: 9 }), (stored, cut, pageSize) => {
        const known = stored.length === 0 ? 0 : cut % stored.length;
        let timeline = withPage(emptyTimeline, stored.slice(0, known), 'before');
        // Everything missed is also pushed by the server, before the archive is asked.
        for (const sighting of stored.slice(known)) timeline = withLive(timeline, live(sighting), 'now');
        for (let at = known; at < stored.length; at += pageSize)
          timeline = withPage(timeline, stored.slice(at, at + pageSize), 'after');
        expect(texts(timeline)).toEqual(stored.map(({ text }) => text));
      }),
    );
  });

  it('shows a message once that the archive holds twice, at its first place, from whichever side it is read', () => {
    const sent: Sighting = {
      direction: 'out',
      text: 'once',
      at: start,
      id: 'a',
      originId: 'a',
      archiveId: 'stored-1',
      markable: true,
      local: false,
    };
    const between: Sighting = { ...sent, text: 'between', id: 'b', originId: 'b', archiveId: 'stored-2' };
    const again: Sighting = { ...sent, archiveId: 'stored-3' };
    const forwards = withPage(withPage(emptyTimeline, [sent, between], 'before'), [again], 'after');
    const backwards = withPage(withPage(emptyTimeline, [between, again], 'before'), [sent], 'before');
    expect(texts(forwards)).toEqual(['once', 'between']);
    expect(texts(backwards)).toEqual(['once', 'between']);
  });

  it('counts the same unread messages live and after a reload', () => {
    fc.assert(
      fc.property(archive, fc.nat(), (stored, mark) => {
        const marked = stored[mark % Math.max(1, stored.length)];
        const read = (timeline: Timeline): Timeline =>
          marked?.archiveId === undefined ? timeline : withFact(timeline, 'readByUs', marked.archiveId);
        let lived = emptyTimeline;
        for (const sighting of stored) lived = withLive(lived, live(sighting), 'last');
        const reloaded = asComplete(withPage(read(emptyTimeline), stored, 'before'));
        expect(unreadOf(read(lived)).count).toBe(unreadOf(reloaded).count);
      }),
    );
  });
});
