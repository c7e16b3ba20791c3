// What the server makes of a client's stanza before anybody else sees it (RFC 6120 §8.1, §10.3).
import { type EmbeddedStorage, openEmbedded } from '@parlance/testkit/embedded-storage';
import { FakeClock } from '@parlance/testkit/fake-clock';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { befriend, juliet, online, openCompany, romeo } from './testing/company.ts';
import type { Stage } from './testing/stage.ts';
import type { StageClient } from './testing/stage-client.ts';

let storage: EmbeddedStorage;
let stage: Stage;
let r: StageClient;
let j: StageClient;

beforeEach(async () => {
  storage = await openEmbedded(juliet, romeo);
  stage = openCompany({ clock: new FakeClock(), ...storage });
  [r, j] = [await online(stage, romeo, 'orchard'), await online(stage, juliet, 'balcony')];
  await befriend(j, r);
});
afterEach(() => storage.close());

const language = (client: StageClient): string | undefined => client.taken().at(-1)?.attr('xml:lang');

describe('the language of a stanza (§4.7.4, §8.1.5)', () => {
  it("is that of the sender's stream where it says none itself", async () => {
    r.session.language = 'cs';
    await r.send(`<message to='${juliet}' type='chat'><body>Dvořím se Julii</body></message>`);
    expect(language(j)).toBe('cs');
    await r.send('<presence><status>Dvořím se Julii</status></presence>');
    expect(language(j)).toBe('cs');
    await r.send(`<iq to='${juliet}/balcony' type='result' id='1'/>`);
    expect(language(j)).toBe('cs');
  });

  it('is never changed', async () => {
    r.session.language = 'cs';
    await r.send(`<message to='${juliet}' type='chat' xml:lang='en'><body>Wooing Juliet</body></message>`);
    expect(language(j)).toBe('en');
  });

  it('is not made up', async () => {
    await r.send(`<message to='${juliet}' type='chat'><body>?</body></message>`);
    expect(language(j)).toBeUndefined();
  });
});

it("a message to nobody is one to the sender's own account, and says so (§10.3.1)", async () => {
  await r.send('<message type="chat"><body>a note</body></message>');
  const [note] = r.taken();
  expect([note?.attr('to'), note?.childText('body')]).toEqual([romeo, 'a note']);
});
