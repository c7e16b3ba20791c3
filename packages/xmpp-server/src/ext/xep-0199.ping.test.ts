// XEP-0199 §4.2: client-to-server pings are answered by the server and by one's own account only.
import { type EmbeddedStorage, openEmbedded } from '@parlance/testkit/embedded-storage';
import { FakeClock } from '@parlance/testkit/fake-clock';
import { readStanzaError } from '@parlance/xmpp/stanza-error';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { Stage } from '../testing/stage.ts';
import { ping } from './xep-0199.ping.ts';

let storage: EmbeddedStorage;
let stage: Stage;

beforeAll(async () => {
  storage = await openEmbedded('juliet@capulet.example', 'romeo@montague.example');
  stage = new Stage({ clock: new FakeClock(), ...storage, extensions: [ping] });
});
afterAll(() => storage.close());

const request = (to: string): string => `<iq type='get' id='c2s1'${to}><ping xmlns='urn:xmpp:ping'/></iq>`;

test('the server answers with an empty result (Example 6)', async () => {
  const client = await stage.bind('juliet@capulet.example', 'balcony');
  for (const to of [" to='capulet.example'", '', " to='juliet@capulet.example'"]) {
    const answer = await client.ask(request(to));
    expect([answer.attr('type'), answer.attr('id'), answer.children]).toEqual(['result', 'c2s1', []]);
  }
});

test("nobody learns from a ping of another's address that there is an account", async () => {
  const client = await stage.bind('juliet@capulet.example', 'chamber');
  for (const to of ['romeo@montague.example', 'nobody@montague.example']) {
    const answer = await client.ask(request(` to='${to}'`));
    expect(readStanzaError(answer)?.condition).toBe('service-unavailable');
  }
});
