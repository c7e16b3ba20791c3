// XEP-0441 §2: preferences are kept, answered as applied, and obeyed.
import { type EmbeddedStorage, openEmbedded } from '@parlance/testkit/embedded-storage';
import { FakeClock } from '@parlance/testkit/fake-clock';
import { serialise } from '@parlance/xml/serialise';
import { readStanzaError } from '@parlance/xmpp/stanza-error';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { Stage } from '../testing/stage.ts';
import type { StageClient } from '../testing/stage-client.ts';
import { archivePreferences } from './xep-0441.preferences.ts';

const juliet = 'juliet@capulet.example';
const romeo = 'romeo@montague.example';

let storage: EmbeddedStorage;
let client: StageClient;
let other: StageClient;

beforeEach(async () => {
  storage = await openEmbedded(juliet, romeo);
  const stage = new Stage({ clock: new FakeClock(), ...storage, extensions: [archivePreferences] });
  client = await stage.bind(juliet, 'balcony');
  other = await stage.bind(romeo, 'orchard');
  client.available();
});
afterEach(() => storage.close());

const ask = async (type: 'get' | 'set', prefs: string, to = ''): Promise<string | undefined> => {
  const iq = await client.ask(`<iq type='${type}' id='juliet2'${to}>${prefs}</iq>`);
  const [child] = iq.elements();
  return readStanzaError(iq)?.condition ?? (child === undefined ? undefined : serialise(child));
};

const prefs = (byDefault: string, always: string, never: string): string =>
  `<prefs xmlns='urn:xmpp:mam:2' default='${byDefault}'>${always}${never}</prefs>`;

const archived = async (): Promise<number> => {
  const rows = await storage.read(
    'SELECT COUNT(*) AS n FROM entry JOIN account ON account.id = entry.account WHERE entry.account = 1 AND archived = 1',
  );
  return Number(rows[0]?.['n']);
};

const say = (): Promise<void> => other.send(`<message to='${juliet}' type='chat'><body>Wilt thou?</body></message>`);

test('they are answered as they were set (Examples 1, 2, 4, 5)', async () => {
  expect(await ask('get', "<prefs xmlns='urn:xmpp:mam:2'/>")).toBe(prefs('always', '<always/>', '<never/>'));
  const wanted = prefs(
    'roster',
    `<always><jid>${romeo}</jid></always>`,
    '<never><jid>montague@montague.example</jid></never>',
  );
  expect(await ask('set', wanted)).toBe(wanted);
  expect(await ask('get', "<prefs xmlns='urn:xmpp:mam:2'/>")).toBe(wanted);
  expect((await storage.read('SELECT archive FROM account WHERE id = 1'))[0]?.['archive']).toContain(
    '"byDefault":"roster"',
  );
});

test('the archive obeys them (§2.1.1, §2.3)', async () => {
  const cases: readonly [string, string, string, number][] = [
    ['never', '', '', 0],
    ['roster', '', '', 0],
    ['never', romeo, '', 1],
    ['never', `${romeo}/orchard`, '', 1],
    ['never', `${romeo}/street`, '', 0],
    ['always', '', romeo, 0],
    ['always', '', `${romeo}/orchard`, 0],
    ['always', '', `${romeo}/street`, 1],
  ];
  for (const [byDefault, always, never, expected] of cases) {
    const list = (name: string, jid: string): string => (jid === '' ? '' : `<${name}><jid>${jid}</jid></${name}>`);
    await ask('set', prefs(byDefault, list('always', always), list('never', never)));
    const before = await archived();
    await say();
    expect([byDefault, always, never, (await archived()) - before]).toEqual([byDefault, always, never, expected]);
    client.taken();
  }
});

test("nonsense and another's preferences are refused", async () => {
  expect(await ask('set', prefs('sometimes', '', ''))).toBe('bad-request');
  expect(await ask('get', "<prefs xmlns='urn:xmpp:mam:2'/>", ` to='${romeo}'`)).toBe('forbidden');
  const many = Array.from({ length: 1_001 }, (_, n) => `<jid>a${n}@b.example</jid>`).join('');
  expect(await ask('set', prefs('never', `<always>${many}</always>`, ''))).toBe('policy-violation');
});
