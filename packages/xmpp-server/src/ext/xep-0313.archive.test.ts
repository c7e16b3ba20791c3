// XEP-0313 §4, §5, §8 with XEP-0059: pages of one's own archive, their ends, and what is refused.
import { type EmbeddedStorage, openEmbedded } from '@parlance/testkit/embedded-storage';
import { FakeClock } from '@parlance/testkit/fake-clock';
import { type Element, el } from '@parlance/xml/element';
import { serialise } from '@parlance/xml/serialise';
import { namespaces } from '@parlance/xmpp/namespaces';
import { readStanzaError } from '@parlance/xmpp/stanza-error';
import {
  type ArchiveEnd,
  type ArchiveQuery,
  archiveQuery,
  readArchiveResult,
  readFin,
  readMetadata,
} from '@parlance/xmpp/wire/xep-0313.archive';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { Stage } from '../testing/stage.ts';
import type { StageClient } from '../testing/stage-client.ts';
import { messageArchive } from './xep-0313.archive.ts';

const juliet = 'juliet@capulet.example';
const romeo = 'romeo@montague.example';
const nurse = 'nurse@capulet.example';
const began = Date.UTC(2010, 6, 10, 23, 8, 25);

let storage: EmbeddedStorage;
let stage: Stage;
let client: StageClient;

/** Fifteen messages, a minute apart: romeo writes from two places, the nurse in between; juliet answers every fifth. */
beforeAll(async () => {
  storage = await openEmbedded(juliet, romeo, nurse);
  const clock = new FakeClock(began);
  stage = new Stage({ clock, ...storage, extensions: [messageArchive] });
  client = await stage.bind(juliet, 'chamber');
  const others = [
    await stage.bind(romeo, 'orchard'),
    await stage.bind(nurse, 'kitchen'),
    await stage.bind(romeo, 'street'),
  ];
  for (let n = 0; n < 15; n++) {
    const [from, to] = n % 5 === 4 ? [client, `${romeo}/orchard`] : [others[n % 3], juliet];
    await from?.send(`<message to='${to}' type='chat'><body>${n}</body></message>`);
    clock.advance(60_000);
  }
  client.taken();
});
afterAll(() => storage.close());

interface Answer {
  readonly bodies: readonly string[];
  readonly ids: readonly string[];
  readonly end: ArchiveEnd;
  readonly error: string | undefined;
}

const iq = (payload: Element, to = ''): string =>
  `<iq type='set' id='juliet1'${to}>${serialise(payload, namespaces.client)}</iq>`;

const run = async (payload: Element, to = ''): Promise<Answer> => {
  await client.send(iq(payload, to));
  const stanzas = client.taken();
  const results = stanzas.flatMap((stanza) => readArchiveResult(stanza) ?? []);
  const last = stanzas.at(-1);
  if (last?.name !== 'iq') throw new Error('the answer must come last');
  return {
    bodies: results.map(({ stanza }) => stanza.childText('body') ?? ''),
    ids: results.map(({ id }) => id),
    end: readFin(last.child('fin', namespaces.mam) ?? el('fin', namespaces.mam)),
    error: readStanzaError(last)?.condition,
  };
};

const page = (asked: Partial<ArchiveQuery['page']>): ArchiveQuery['page'] => ({
  max: undefined,
  after: undefined,
  before: undefined,
  index: undefined,
  ...asked,
});
const range = (from: number, to: number): string[] => Array.from({ length: to - from }, (_, n) => `${from + n}`);
const romeoJid = { local: 'romeo', domain: 'montague.example', resource: '' };

test('everything, in order, with its time and the query it answers (Examples 2–4)', async () => {
  await client.send(iq(archiveQuery({ queryId: 'f27' })));
  const stanzas = client.taken();
  const [first] = stanzas;
  const result = first === undefined ? undefined : readArchiveResult(first);
  expect([first?.attr('from'), first?.attr('to')]).toEqual([juliet, `${juliet}/chamber`]);
  expect([result?.queryId, result?.time, result?.stanza.attr('from')]).toEqual(['f27', began, `${romeo}/orchard`]);
  const { bodies, ids, end } = await run(archiveQuery({}));
  expect(bodies).toEqual(range(0, 15));
  expect(end).toEqual({ complete: true, page: { first: ids[0], last: ids[14], index: 0, count: 15 } });
});

test('pages join without gap or overlap, forwards and backwards (§4.3.2, §4.3.3)', async () => {
  const forwards: string[] = [];
  let after: string | undefined;
  for (let complete = false; !complete; ) {
    const answer = await run(archiveQuery({ page: page({ max: 4, after }) }));
    forwards.push(...answer.bodies);
    after = answer.end.page.last;
    complete = answer.end.complete;
  }
  expect(forwards).toEqual(range(0, 15));
  const backwards: string[] = [];
  let before = '';
  for (let complete = false; !complete; ) {
    const answer = await run(archiveQuery({ page: page({ max: 4, before }) }));
    backwards.unshift(...answer.bodies);
    before = answer.end.page.first ?? '';
    complete = answer.end.complete;
  }
  expect(backwards).toEqual(range(0, 15));
});

test('a flipped page is the same page, sent from its end (§4.3.4)', async () => {
  const { ids: all } = await run(archiveQuery({}));
  const { bodies, end } = await run(archiveQuery({ page: page({ max: 3, after: all[4] }), flip: true }));
  expect(bodies).toEqual(['7', '6', '5']);
  expect(end).toEqual({ complete: false, page: { first: all[5], last: all[7] } });
});

test('the filters hold together (§4.1)', async () => {
  const { ids: all } = await run(archiveQuery({}));
  const bodies = async (asked: Partial<ArchiveQuery>): Promise<readonly string[]> =>
    (await run(archiveQuery(asked))).bodies;
  expect(await bodies({ with: { ...romeoJid, local: 'nurse', domain: 'capulet.example' } })).toEqual([
    '1',
    '7',
    '10',
    '13',
  ]);
  expect(await bodies({ with: { ...romeoJid, resource: 'street' } })).toEqual(['2', '5', '8', '11']);
  expect(await bodies({ with: { ...romeoJid, resource: 'orchard' } })).toEqual(['0', '3', '4', '6', '9', '12', '14']);
  expect(await bodies({ start: began + 120_000, end: began + 240_000 })).toEqual(['2', '3', '4']);
  expect(await bodies({ ...(all[3] && { afterId: all[3] }), ...(all[7] && { beforeId: all[7] }) })).toEqual([
    '4',
    '5',
    '6',
  ]);
  expect(await bodies({ ids: [all[9] ?? '', all[2] ?? ''] })).toEqual(['2', '9']);
  expect(await bodies({ ids: [all[9] ?? '', all[2] ?? ''], with: { ...romeoJid, resource: 'street' } })).toEqual(['2']);
  expect(await bodies({ with: { ...romeoJid, local: 'juliet', domain: 'capulet.example' } })).toEqual([]);
  expect(await bodies({ afterId: all[3] ?? '', page: page({ max: 2, before: all[7] }) })).toEqual(['5', '6']);
});

test('a page says where it stands where that is known: at the beginning, and when it is all (XEP-0059 §2.6)', async () => {
  const { ids: all } = await run(archiveQuery({}));
  const said = async (asked: Partial<ArchiveQuery>): Promise<unknown> => {
    const { index, count } = (await run(archiveQuery(asked))).end.page;
    return [index, count];
  };
  expect(await said({ page: page({ max: 4 }) })).toEqual([0, undefined]);
  expect(await said({ page: page({ max: 15 }) })).toEqual([0, 15]);
  expect(await said({ page: page({ max: 15, before: '' }) })).toEqual([0, 15]);
  expect(await said({ page: page({ max: 4, before: '' }) })).toEqual([undefined, undefined]);
  expect(await said({ page: page({ after: all[4] }) })).toEqual([undefined, undefined]);
  expect(await said({ page: page({ before: all[4] }) })).toEqual([undefined, undefined]);
  expect(await said({ ...(all[3] && { afterId: all[3] }), ...(all[7] && { beforeId: all[7] }) })).toEqual([0, 3]);
  expect(await said({ end: began - 1_000 })).toEqual([undefined, 0]);
});

test('how many there are, without any (XEP-0059 §2.7)', async () => {
  const { bodies, end } = await run(archiveQuery({ with: romeoJid, page: page({ max: 0 }) }));
  expect([bodies, end.page.count]).toEqual([[], 11]);
});

test('an id that the archive has not is not found (§4.1.3, §4.3.2, Example 21)', async () => {
  const { ids: all } = await run(archiveQuery({}));
  const foreign = (all[0] ?? '').replace('1-', '2-');
  for (const id of ['09af3-cc343-b409f', '1-5', foreign]) {
    for (const asked of [
      { page: page({ after: id }) },
      { page: page({ before: id }) },
      { afterId: id },
      { beforeId: id },
      { ids: [all[0] ?? '', id] },
    ])
      expect((await run(archiveQuery(asked))).error).toBe('item-not-found');
  }
});

test('what is not understood or too much is refused', async () => {
  expect((await run(archiveQuery({ page: page({ index: 3 }) }))).error).toBe('feature-not-implemented');
  expect((await run(archiveQuery({ ids: range(0, 129) }))).error).toBe('policy-violation');
  expect((await run(el('query', namespaces.mam, { node: 'blog' }))).error).toBe('item-not-found');
});

test("another's archive is forbidden, and so is that of nobody (§8.1)", async () => {
  for (const to of [romeo, 'nobody@capulet.example'])
    expect((await run(archiveQuery({}), ` to='${to}'`)).error).toBe('forbidden');
});

test('what the archive is (§5), and how it may be asked (§4.1.5)', async () => {
  const { ids: all } = await run(archiveQuery({}));
  const answer = await client.ask("<iq type='get' id='1'><metadata xmlns='urn:xmpp:mam:2'/></iq>");
  expect(readMetadata(answer.child('metadata', namespaces.mam) ?? answer)).toEqual({
    start: { id: all[0], time: began },
    end: { id: all[14], time: began + 14 * 60_000 },
  });
  const form = await client.ask("<iq type='get' id='1'><query xmlns='urn:xmpp:mam:2'/></iq>");
  expect(form.child('query', namespaces.mam)?.child('x', namespaces.data)?.attr('type')).toBe('form');
});

test('a page is no larger than the session can take', async () => {
  const large = 'x'.repeat(30_000);
  const sender = await stage.bind(nurse, 'garden');
  for (let n = 0; n < 12; n++)
    await sender.send(`<message to='${juliet}' type='chat'><body>${n}${large}</body></message>`);
  client.taken();
  const start = began + 15 * 60_000;
  const first = await run(archiveQuery({ start }));
  expect([first.bodies.length, first.end.complete]).toEqual([8, false]);
  const rest = await run(archiveQuery({ start, page: page({ after: first.end.page.last }) }));
  expect([rest.bodies.length, rest.end.complete]).toEqual([4, true]);
  const last = await run(archiveQuery({ start, page: page({ before: '' }) }));
  expect(last.bodies.map((body) => Number.parseInt(body, 10))).toEqual([4, 5, 6, 7, 8, 9, 10, 11]);
});

test('a query sees what was accepted just before it', async () => {
  client.post(`<message to='${nurse}' type='chat'><body>just now</body></message>`);
  client.post(iq(archiveQuery({ page: page({ max: 1, before: '' }) })));
  await stage.quiet();
  expect(client.bodies()).toEqual(['just now']);
});
