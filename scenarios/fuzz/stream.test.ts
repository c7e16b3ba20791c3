// Strangers and people who send damaged streams to a real server: it has no fault, does not hang, and nobody else notices (issue 2, bad input).
import { appendFileSync } from 'node:fs';
import { connect, type Socket } from 'node:net';
import { setTimeout as wait } from 'node:timers/promises';
import { el } from '@parlance/xml/element';
import { namespaces } from '@parlance/xmpp/namespaces';
import type { XmppClient } from '@parlance/xmpp-client/client';
import fc from 'fast-check';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { House, password } from '../house.ts';
import { type Damage, damaged, session } from './sessions.ts';

const seconds = Number(process.env['PARLANCE_FUZZ_SECONDS'] ?? 2);
const seed = Number(process.env['PARLANCE_SEED'] ?? Date.now() % 2 ** 31);
const juliet = 'juliet@localhost';
const romeo = 'romeo@localhost';

/** Milliseconds that a connection may be silent before the next one begins. */
const patience = 60;

let house: House;

beforeEach(async () => {
  house = await House.open({ yaml: 'auth: {plaintext: true}\n' });
  await house.people(juliet, romeo, 'mallory@localhost');
});
afterEach(() => house.close());

const say = async (socket: Socket, portions: readonly Uint8Array[]): Promise<void> => {
  for (const portion of portions) {
    if (!socket.writable) return;
    socket.write(portion);
    await wait(1);
  }
};

/** Sends bytes in portions, listens a while, hangs up; resolves with what the server said. */
const throwAt = (port: number, portions: readonly Uint8Array[]): Promise<string> =>
  new Promise((resolve) => {
    let heard = '';
    const socket = connect(port, '127.0.0.1');
    const timer = setTimeout(() => socket.destroy(), 5_000);
    socket.setTimeout(patience, () => socket.destroy());
    socket.on('data', (bytes: Buffer) => {
      heard = (heard + bytes.toString()).slice(0, 10_000);
    });
    socket.on('error', () => undefined);
    socket.on('close', () => {
      clearTimeout(timer);
      resolve(heard);
    });
    socket.on('connect', () => void say(socket, portions));
  });

/** Two who talk all the time; the slowest answer, in milliseconds. */
const honest = async (one: XmppClient, other: XmppClient, going: () => boolean): Promise<number> => {
  let slowest = 0;
  for (let n = 0; going(); n++) {
    const text = `${n}`;
    const heard = new Promise<void>((resolve) => {
      const stop = other.on('message', (stanza) => {
        if (stanza.childText('body') !== text) return;
        stop();
        resolve();
      });
    });
    const began = performance.now();
    const message = el(
      'message',
      namespaces.client,
      { to: romeo, type: 'chat' },
      el('body', namespaces.client, {}, text),
    );
    const acknowledged = await one.send(message).outcome();
    expect(acknowledged).toBe('acked');
    await heard;
    slowest = Math.max(slowest, performance.now() - began);
    await wait(5);
  }
  return slowest;
};

it(`damaged streams harm nobody (${seconds} s, seed ${seed})`, { timeout: 30_000 + seconds * 2_000 }, async () => {
  const one = await house.client(juliet);
  const other = await house.client(romeo);
  other.send(el('presence', namespaces.client));
  const end = performance.now() + seconds * 1_000;
  const going = (): boolean => performance.now() < end;
  const talk = honest(one, other, going);
  let thrown = 0;
  let authenticated = 0;
  const attack = async (own: number): Promise<void> => {
    for (let n = 0; going(); n++) {
      const [damages] = fc.sample<Damage[]>(fc.array(damaged, { maxLength: 6 }), {
        seed: seed + own * 1_000_003 + n,
        numRuns: 1,
      });
      const heard = await throwAt(house.port('c2s'), session('mallory', password, damages ?? [], seed + n));
      thrown++;
      if (heard.includes('<success')) authenticated++;
      if (house.faults.length > 0) throw new Error(`a fault after stream ${n} of ${own}, seed ${seed}`);
    }
  };
  await Promise.all(Array.from({ length: 4 }, (_, own) => attack(own)));
  const slowest = await talk;
  expect(house.faults).toEqual([]);
  expect(thrown).toBeGreaterThan(seconds * 4);
  expect(authenticated).toBeGreaterThan(0);
  expect(slowest).toBeLessThan(2_000);
  const { PARLANCE_LAW_FILE: file } = process.env;
  if (file !== undefined) {
    const line = { law: 'damaged streams harm nobody', runs: thrown, seed, failed: false, authenticated, slowest };
    appendFileSync(file, `${JSON.stringify(line)}\n`);
  }
});
