// Pages that know of each other by asking: one lives as long as it answers, and whoever never did is gone soon.
import { FakeClock } from '@parlance/testkit/fake-clock';
import { beforeEach, expect, test } from 'vitest';
import { answeringPages, type PageChannel } from './answering-pages.ts';

type Listener = (word: unknown) => void;

let clock: FakeClock;
let listeners: Map<string, Set<Listener>>;

beforeEach(() => {
  clock = new FakeClock();
  listeners = new Map();
});

const open = (own: string) => {
  const ears = new Set<Listener>();
  listeners.set(own, ears);
  const channel: PageChannel = {
    say: (word) => {
      for (const [page, others] of listeners) if (page !== own) for (const hear of [...others]) hear(word);
    },
    listen: (hear) => {
      ears.add(hear);
      return () => void ears.delete(hear);
    },
  };
  return answeringPages(own, channel, { clock });
};

/** Whether the end of a page has come. */
const watch = (ending: Promise<void>): { readonly gone: boolean } => {
  const seen = { gone: false };
  void ending.then(() => {
    seen.gone = true;
  });
  return seen;
};

test('a page is gone once it answers no more, and not before', async () => {
  const one = open('one');
  open('other');
  const end = watch(one.gone('other'));
  await clock.advanceAsync(60_000);
  expect(end.gone).toBe(false);
  listeners.delete('other');
  await clock.advanceAsync(4_000);
  expect(end.gone).toBe(true);
  expect([clock.pending, listeners.get('one')?.size]).toEqual([0, 1]);
});

test('nobody answers for another', async () => {
  const one = open('one');
  open('other');
  const end = watch(one.gone('third'));
  await clock.advanceAsync(1_999);
  expect(end.gone).toBe(false);
  await clock.advanceAsync(1);
  expect(end.gone).toBe(true);
});
