// A call between two phones behind the proxy: media goes directly, a tone is heard on both sides, and either may end it (RFC 3261 §13–15).
import { AudioSession } from '@parlance/sip-client/audio/rtp';
import { Call } from '@parlance/sip-client/call';
import { systemClock } from 'parlance-im/ports/clock';
import { systemRandom } from 'parlance-im/ports/random';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { House } from '../house.ts';
import { type Phone, phone } from './phone.ts';
import { strength, tone } from './tone.ts';

const [juliet, romeo] = ['juliet@localhost', 'romeo@localhost'];

const audio = (frequency: number): Promise<AudioSession> =>
  AudioSession.open(systemClock, '127.0.0.1', tone(frequency, 2), systemRandom.bytes(10));

describe('a call', () => {
  let house: House;
  let hers: Phone;
  let his: Phone;
  const ends: string[] = [];

  beforeAll(async () => {
    house = await House.open();
    await house.people(juliet, romeo);
    [hers, his] = [await phone(house, juliet), await phone(house, romeo)];
    await hers.agent.register();
    await his.agent.register();
  });

  afterAll(async () => {
    hers?.close();
    his?.close();
    await house.close();
  });

  it('is taken, carries a tone each way, and is ended by one side', async () => {
    const taken = new Promise<Call>((resolve, reject) => {
      his.agent.onCall = (_request, transaction) => {
        audio(620).then((session) => {
          const call = his.agent.ring(transaction, session, (why) => void ends.push(`his: ${why}`));
          if (call === undefined) return;
          call.accept();
          resolve(call);
        }, reject);
      };
    });
    const call = await hers.agent.call(`sip:${romeo}`, await audio(440), (why) => void ends.push(`hers: ${why}`));
    expect(call).toBeInstanceOf(Call);
    const [mine, other] = [call as Call, await taken];
    await expect.poll(() => mine.audio.heard.length, { timeout: 5_000 }).toBeGreaterThan(8_000);
    await expect.poll(() => other.audio.heard.length, { timeout: 5_000 }).toBeGreaterThan(8_000);
    expect(strength(mine.audio.heard, 620)).toBeGreaterThan(20 * strength(mine.audio.heard, 440));
    expect(strength(other.audio.heard, 440)).toBeGreaterThan(20 * strength(other.audio.heard, 620));
    mine.hangUp();
    await expect.poll(() => ends).toEqual(['hers: hung up', 'his: the other side hung up']);
  });

  it('is taken back before anybody answers', async () => {
    ends.length = 0;
    const rang = new Promise<void>((resolve, reject) => {
      his.agent.onCall = (_request, transaction) => {
        audio(620).then((session) => {
          his.agent.ring(transaction, session, (why) => void ends.push(`his: ${why}`));
          resolve();
        }, reject);
      };
    });
    const calling = hers.agent.dial(`sip:${romeo}`, await audio(440), (why) => void ends.push(`hers: ${why}`));
    await rang;
    calling.giveUp();
    expect(await calling.result).toBe('cancelled');
    await expect.poll(() => ends).toContain('his: taken back');
  });

  it('is refused where nobody is', async () => {
    await his.agent.register(0);
    const refused = await hers.agent.call(`sip:${romeo}`, await audio(440), () => undefined);
    expect(refused).toMatchObject({ status: 480 });
  });
});
