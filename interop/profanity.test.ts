// Profanity, a client for the terminal, unmodified, at our server. Skipped where it is not installed: npm run peers.
import { X509Certificate } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { House } from '@parlance/scenarios/house';
import type { XmppClient } from '@parlance/xmpp-client/client';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { missing } from './missing.ts';
import { Profanity } from './profanity.ts';
import { attentive, heard, say, seen, status, subscription } from './stanzas.ts';

const install = missing('profanity', 'tmux');
const juliet = 'juliet@localhost';
const romeo = 'romeo@localhost';

/** Each test goes on where the one before it stopped, as a person at the terminal does. */
describe.skipIf(install !== undefined)(`Profanity (${install ?? 'installed'})`, () => {
  let house: House;
  let other: XmppClient;
  let profanity: Profanity;

  beforeAll(async () => {
    house = await House.open();
    await house.people(juliet, romeo);
    profanity = await Profanity.start();
    other = await attentive(house, romeo);
  });

  afterAll(async () => {
    await profanity.close();
    await house.close();
  });

  test('shows the certificate of the server, and signs in once it is accepted', async () => {
    const certificate = readFileSync(join(house.directory, 'data/certs/localhost.crt'));
    const { fingerprint } = new X509Certificate(certificate);
    await profanity.connect(juliet, house.port('c2s'));
    const question = await profanity.shows('/tls always');
    expect(question).toContain(fingerprint.replaceAll(':', '').toLowerCase());
    await profanity.type('/tls always');
    expect(await profanity.shows('logged in successfully')).toContain(`${juliet}/profanity.`);
  });

  test('asks for a contact, is asked, and both see each other', async () => {
    const request = seen(other, 'subscribe');
    await profanity.type(`/roster add ${romeo} Romeo`, `/sub request ${romeo}`);
    expect((await request).attr('from')).toBe(juliet);
    other.send(subscription('subscribed', juliet));
    await profanity.shows('Romeo (');
    const granted = seen(other, 'subscribed');
    other.send(subscription('subscribe', juliet));
    await profanity.shows(`Received authorization request from ${romeo}`);
    await profanity.type(`/sub allow ${romeo}`);
    await granted;
    await profanity.type('/roster');
    expect(await profanity.shows('- both')).toContain(`${romeo} (Romeo) - both`);
  });

  test('a change of status is on the screen within a second, and the other way', async () => {
    const began = performance.now();
    other.send(status('dnd', 'reading verses'));
    await profanity.shows('is dnd, "reading verses"', 1_000);
    const away = seen(other, undefined, 'away');
    await profanity.type('/status set away "on the balcony"');
    expect((await away).childText('status')).toBe('on the balcony');
    expect(performance.now() - began).toBeLessThan(2_000);
  });

  test('messages go both ways', async () => {
    const question = heard(other, 'Art thou not Romeo?');
    await profanity.type(`/msg ${romeo} Art thou not Romeo?`);
    other.send(say((await question).attr('from') ?? '', 'Neither, fair maid, 若你不喜歡。'));
    expect(await profanity.shows('若你不喜歡')).toMatch(/me: Art thou not Romeo\?\n.*Romeo.*: Neither, fair maid/);
  });

  test('what another device of hers says and hears is on her screen too', async () => {
    const phone = await house.client(juliet);
    expect(await phone.send(say(romeo, 'from my phone')).outcome()).toBe('acked');
    await profanity.shows('me: from my phone');
    other.send(say(phone.address ?? '', 'to your phone'));
    await profanity.shows(': to your phone');
    await phone.close();
  });

  test('what was said while she was away is there when she comes back, in order', async () => {
    const gone = seen(other, 'unavailable');
    await profanity.type('/disconnect');
    await gone;
    const words = ['first', 'second', 'third'].map((word) => `the ${word} word`);
    for (const word of words) expect(await other.send(say(juliet, word)).outcome()).toBe('acked');
    await profanity.connect(juliet, house.port('c2s'));
    await profanity.shows('<< chat message: Romeo');
    await profanity.type(`/msg ${romeo}`);
    const screen = await profanity.shows('the third word');
    expect(screen.match(/the \w+ word/g)).toEqual(words);
  });

  test('comes back by itself after the server was gone', async () => {
    await profanity.type('/reconnect 1');
    await house.stop();
    await profanity.shows('[offline]');
    await house.start();
    other.wake();
    await profanity.shows(/\[TLS\] \[online\]/);
    const back = seen(other, undefined, 'chat');
    await profanity.type('/status set chat');
    await back;
    expect(await other.send(say(juliet, 'and we meet again')).outcome()).toBe('acked');
    await profanity.type('/win 2');
    await profanity.shows('and we meet again');
  });

  test('a fresh installation reads the history from the server', async () => {
    const fresh = await Profanity.start();
    try {
      await fresh.type('/mam on');
      await fresh.connect(juliet, house.port('c2s'), 'trust');
      await fresh.shows('logged in successfully');
      // It asks for history only when it knows already that the server keeps any.
      await fresh.received('"urn:xmpp:mam:2"');
      await fresh.type(`/msg ${romeo}`);
      await fresh.shows('and we meet again');
      await fresh.shows('me: Art thou not Romeo?');
      expect(fresh.errors()).toEqual([]);
    } finally {
      await fresh.close();
    }
  });

  test('nothing that it asked for was refused', () => {
    expect(profanity.errors()).toEqual([]);
  });
});
