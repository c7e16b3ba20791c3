// RFC 3921 §3: a client that asks for a session is told that it has one.
import { type EmbeddedStorage, openEmbedded } from '@parlance/testkit/embedded-storage';
import { FakeClock } from '@parlance/testkit/fake-clock';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { Stage } from '../testing/stage.ts';
import { legacySession } from './rfc-3921.session.ts';

let storage: EmbeddedStorage;
let stage: Stage;

beforeAll(async () => {
  storage = await openEmbedded('juliet@capulet.example');
  stage = new Stage({ clock: new FakeClock(), ...storage, extensions: [legacySession] });
});
afterAll(() => storage.close());

test.each([" to='capulet.example'", ''])('the request is granted, with%s as its address', async (to) => {
  const client = await stage.bind('juliet@capulet.example', 'balcony');
  const answer = await client.ask(
    `<iq type='set' id='sess_1'${to}><session xmlns='urn:ietf:params:xml:ns:xmpp-session'/></iq>`,
  );
  expect([answer.attr('type'), answer.attr('id'), answer.children]).toEqual(['result', 'sess_1', []]);
});
