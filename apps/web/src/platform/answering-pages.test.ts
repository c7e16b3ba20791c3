// Pages that know of each other by asking: one lives as long as it answers, and whoever never did is gone soon.
import { FakeClock } from '@parlance/testkit/fake-clock';
import { afterEach, expect, test } from 'vitest';
import { answeringPages } from './answering-pages.ts';

const channels: BroadcastChannel[] = [];

afterEach(() => {
  for (const channel of channels.splice(0)) channel.close();
});

const open = (own: string, clock = new FakeClock()) => {
  const channel = new BroadcastChannel('pages under test');
  channels.push(channel);
  return { channel, clock, pages: answeringPages(own, channel, { clock }) };
};

test('a page is gone once it answers no more, and not before', async () => {
  const [one, other] = [open('one'), open('other')];
  let [answers, gone] = [0, false];
  const end = one.pages.gone('other').then(() => {
    gone = true;
  });
  one.channel.addEventListener('message', () => {
    answers++;
  });
  for (const count of [1, 2, 3]) {
    await expect.poll(() => answers).toBe(count);
    await one.clock.advanceAsync(2_000);
  }
  await expect.poll(() => answers).toBe(4);
  expect(gone).toBe(false);
  other.channel.close();
  await one.clock.advanceAsync(4_000);
  await end;
  expect([answers, gone]).toEqual([4, true]);
});

test('nobody answers for another', async () => {
  const one = open('one');
  open('other');
  const end = one.pages.gone('third');
  await one.clock.advanceAsync(2_000);
  await expect(end).resolves.toBeUndefined();
});
