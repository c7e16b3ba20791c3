// Where requests go, on real sockets: the operator's rules, a redirect, and a call from one server to another (RFC 3261 §16, §8.3; RFC 3263).
import { contact, wildcard } from '@parlance/sip/headers/name-addr';
import { AudioSession } from '@parlance/sip-client/audio/rtp';
import { Call } from '@parlance/sip-client/call';
import { systemClock } from 'parlance-im/ports/clock';
import { systemRandom } from 'parlance-im/ports/random';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { House } from '../house.ts';
import { type Phone, phone } from './phone.ts';
import { tone } from './tone.ts';

const [juliet, romeo] = ['juliet@localhost', 'romeo@other.example'];

const audio = (frequency: number): Promise<AudioSession> =>
  AudioSession.open(systemClock, '127.0.0.1', tone(frequency, 1), systemRandom.bytes(10));

/** One phone here, one at a server that believes ours. */
describe('two servers', () => {
  let other: House;
  let house: House;
  let hers: Phone;
  let his: Phone;

  beforeAll(async () => {
    other = await House.open({
      yaml: 'domains: [other.example]\nsip: {peers: [{domain: localhost, address: 127.0.0.1}]}',
    });
    const place = `127.0.0.1:${other.port('sipTcp')};transport=tcp`;
    house = await House.open({
      yaml: `sip: {mode: redirect, hosts: {other.example: "${place}"}, routes: [{match: {prefix: 900}, deny: 403}]}`,
    });
    await house.people(juliet);
    await other.people(romeo);
    [hers, his] = [await phone(house, juliet), await phone(other, romeo)];
    await hers.agent.register();
    await his.agent.register();
  });

  afterAll(async () => {
    hers?.close();
    his?.close();
    await house?.close();
    await other?.close();
  });

  it('a rule refuses what it names', async () => {
    expect(await hers.agent.request('INFO', 'sip:9001@localhost')).toMatchObject({ status: 403 });
  });

  it('whoever may know where a phone is, is told so', async () => {
    const answer = await hers.agent.request('INFO', `sip:${juliet}`);
    expect(answer).toMatchObject({ status: 302 });
    const contacts = typeof answer === 'string' ? [] : answer.all(contact);
    expect(contacts.map((each) => (each === wildcard ? each : each.uri))).toEqual([hers.agent.contact]);
  });

  it('a request reaches the other server, and its answer comes back', async () => {
    his.agent.handlers.set('INFO', () => ({ status: 299, reason: 'Seen' }));
    expect(await hers.agent.request('INFO', `sip:${romeo}`)).toMatchObject({ status: 299, reason: 'Seen' });
    expect(await hers.agent.request('INFO', 'sip:nobody@other.example')).toMatchObject({ status: 404 });
  });

  it('a call passes both, and is ended by the one who was called', async () => {
    const ends: string[] = [];
    const taken = new Promise<Call>((resolve, reject) => {
      his.agent.onCall = (_request, transaction) => {
        audio(620).then((session) => {
          const call = his.agent.ring(transaction, session, (why) => void ends.push(`his: ${why}`));
          call?.accept();
          if (call !== undefined) resolve(call);
        }, reject);
      };
    });
    const call = await hers.agent.call(`sip:${romeo}`, await audio(440), (why) => void ends.push(`hers: ${why}`));
    expect(call).toBeInstanceOf(Call);
    const mine = call as Call;
    await expect.poll(() => mine.audio.heard.length, { timeout: 5_000 }).toBeGreaterThan(4_000);
    (await taken).hangUp();
    await expect.poll(() => ends).toEqual(['his: hung up', 'hers: the other side hung up']);
  });
});
