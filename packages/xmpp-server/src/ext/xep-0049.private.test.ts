// XEP-0049 §2.3: documents come back as they were stored, to their owner only, within bounds.
import { type EmbeddedStorage, openEmbedded } from '@parlance/testkit/embedded-storage';
import { FakeClock } from '@parlance/testkit/fake-clock';
import { serialise } from '@parlance/xml/serialise';
import { readStanzaError } from '@parlance/xmpp/stanza-error';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { Stage } from '../testing/stage.ts';
import type { StageClient } from '../testing/stage-client.ts';
import { privateStorage } from './xep-0049.private.ts';

const hamlet = 'hamlet@shakespeare.example';
const prefs = "<exodus xmlns='exodus:prefs'><defaultnick>Hamlet</defaultnick></exodus>";

let storage: EmbeddedStorage;
let stage: Stage;
let client: StageClient;

beforeAll(async () => {
  storage = await openEmbedded(hamlet, 'macbeth@shakespeare.example');
  stage = new Stage({ clock: new FakeClock(), ...storage, extensions: [privateStorage] });
});
beforeEach(async () => {
  client = await stage.bind(hamlet, 'denmark');
});
afterAll(() => storage.close());

const ask = async (type: 'get' | 'set', content: string, to = ''): Promise<string | undefined> => {
  const iq = await client.ask(
    `<iq type='${type}' id='1'${to}><query xmlns='jabber:iq:private'>${content}</query></iq>`,
  );
  const [child] = iq.elements();
  return readStanzaError(iq)?.condition ?? (child === undefined ? 'done' : serialise(child));
};

const empty = "<query xmlns='jabber:iq:private'><exodus xmlns='exodus:prefs'/></query>";

test('what is stored is retrieved, until it is replaced by nothing (Examples 1, 2)', async () => {
  expect(await ask('get', "<exodus xmlns='exodus:prefs'/>")).toBe(empty);
  expect(await ask('set', prefs)).toBe('done');
  expect(await ask('get', "<exodus xmlns='exodus:prefs'/>")).toBe(`<query xmlns='jabber:iq:private'>${prefs}</query>`);
  expect(await ask('set', "<exodus xmlns='exodus:prefs'/>")).toBe('done');
  expect(await ask('get', "<exodus xmlns='exodus:prefs'/>")).toBe(empty);
  expect(await storage.read('SELECT * FROM document')).toEqual([]);
});

test("another user's documents are forbidden, also those of nobody (Example 3)", async () => {
  for (const to of ['macbeth@shakespeare.example', 'nobody@shakespeare.example']) {
    expect(await ask('set', prefs, ` to='${to}'`)).toBe('forbidden');
    expect(await ask('get', "<exodus xmlns='exodus:prefs'/>", ` to='${to}'`)).toBe('forbidden');
  }
});

test('a request without a document, or for two, is none (Example 4)', async () => {
  expect(await ask('get', '')).toBe('bad-request');
  expect(await ask('get', "<a xmlns='a'/><b xmlns='b'/>")).toBe('bad-request');
  expect(await ask('set', '')).toBe('not-acceptable');
  expect(await ask('set', '<child/>')).toBe('not-acceptable');
});

test('size and number are bounded', async () => {
  expect(await ask('set', `<big xmlns='big'>${'x'.repeat(131_072)}</big>`)).toBe('policy-violation');
  const many = Array.from({ length: 100 }, (_, n) => `<n xmlns='n:${n}'>x</n>`).join('');
  expect(await ask('set', many)).toBe('done');
  expect(await ask('set', "<one xmlns='more'>x</one>")).toBe('resource-constraint');
  expect(await ask('set', "<n xmlns='n:0'>y</n>")).toBe('done');
});
