// Archives of a house that keeps for two seconds: the old leaves while people talk, paging goes on, and nobody misses anything.
import { setTimeout as rest } from 'node:timers/promises';
import { el } from '@parlance/xml/element';
import { namespaces } from '@parlance/xmpp/namespaces';
import type { XmppClient } from '@parlance/xmpp-client/client';
import { type ArchivePage, type ArchiveQuery, readArchive } from '@parlance/xmpp-client/features/archive';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { House } from './house.ts';

const { client: ns } = namespaces;
const [juliet, romeo, nurse] = ['juliet@localhost', 'romeo@localhost', 'nurse@localhost'];
const kept = 2_000;

let house: House;

beforeEach(async () => {
  house = await House.open({ yaml: `archive: {keepDays: ${kept / 86_400_000}}\n` });
  await house.people(juliet, romeo, nurse);
});
afterEach(() => house.close());

const say = (from: XmppClient, to: string, body: string): void => {
  from.send(el('message', ns, { to, type: 'chat', id: body }, el('body', ns, {}, body)));
};

const bodies = ({ messages }: ArchivePage): readonly string[] =>
  messages.map(({ stanza }) => stanza?.childText('body') ?? '');

/** Goes through the archives now instead of in an hour. */
const tidy = async (): Promise<void> => {
  const before = house.running.retention.report?.time ?? 0;
  await house.running.reload(house.running.configuration);
  await expect.poll(() => house.running.retention.report?.time ?? 0, { timeout: 5_000 }).toBeGreaterThan(before);
};

it('what is older leaves both archives, what waits for somebody is handed over, and ids that are gone say so', async () => {
  const one = await house.client(romeo);
  one.send(el('presence', ns));
  const read = (query: Partial<ArchiveQuery> = {}): Promise<ArchivePage> => readArchive(one, { max: 50, ...query });
  for (let n = 0; n < 5; n++) say(one, juliet, `old ${n}`);
  say(one, nurse, 'for whom is away');
  const old = await read();
  expect(bodies(old)).toEqual(['old 0', 'old 1', 'old 2', 'old 3', 'old 4', 'for whom is away']);
  await rest(kept + 100);
  say(one, juliet, 'new 0');
  say(one, juliet, 'new 1');
  await tidy();
  // Six of Romeo's, five of Juliet's that wait, one of the nurse's that waits.
  expect(house.running.retention.report?.left).toBe(12);
  expect(bodies(await read())).toEqual(['new 0', 'new 1']);
  const first = await read({ max: 1, before: '' });
  expect(bodies(first)).toEqual(['new 1']);
  const page = await read({ max: 5, before: first.report.first ?? '' });
  expect([bodies(page), page.complete]).toEqual([['new 0'], true]);
  await expect(read({ after: old.report.last ?? '' })).rejects.toThrow('item-not-found');

  const other = await house.client(nurse);
  const arrival = other.once('message');
  other.send(el('presence', ns));
  expect((await arrival).childText('body', ns)).toBe('for whom is away');
  await house.stop();
  await house.start();
  await expect.poll(() => house.running.retention.report, { timeout: 5_000 }).toBeDefined();
  const again = await house.client(juliet);
  const heard: string[] = [];
  again.on('message', (message) => void heard.push(message.childText('body', ns) ?? ''));
  again.send(el('presence', ns));
  await expect.poll(() => heard).toEqual(['old 0', 'old 1', 'old 2', 'old 3', 'old 4', 'new 0', 'new 1']);
});
