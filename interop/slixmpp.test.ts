// slixmpp, a library for Python, unmodified, at our server: its plays stand in slixmpp/plays.py. Skipped where it is not installed.
import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { House, password } from '@parlance/scenarios/house';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';

/** Debian's own, which sees Debian's packages. */
const python = '/usr/bin/python3';
const plays = fileURLToPath(new URL('./slixmpp/plays.py', import.meta.url));

const isThere = spawnSync(python, ['-c', 'import slixmpp']).status === 0;
const state = isThere ? 'installed' : 'no slixmpp: npm run peers';

interface Line {
  readonly play: string;
  readonly facts?: unknown;
  readonly error?: string;
}

describe.skipIf(!isThere)(`slixmpp (${state})`, () => {
  let house: House;
  const outcomes = new Map<string, unknown>();

  beforeAll(async () => {
    house = await House.open();
    await house.people('juliet@localhost', 'romeo@localhost', 'nurse@localhost');
    const certificate = join(house.directory, 'data/certs/localhost.crt');
    const args = [plays, house.port('c2s'), house.port('c2sTls'), certificate].map(String);
    const child = spawn(python, args, { env: { PASSWORD: password }, stdio: ['ignore', 'pipe', 'ignore'] });
    const late = setTimeout(() => child.kill('SIGKILL'), 50_000);
    const ended = once(child, 'exit');
    for await (const line of createInterface(child.stdout)) {
      const { play, facts, error } = JSON.parse(line) as Line;
      outcomes.set(play, error ?? facts);
    }
    await ended;
    clearTimeout(late);
  }, 60_000);

  afterAll(() => house.close());

  // slixmpp 1.8 binds by tls-unique only, which TLS 1.3 does not have (RFC 9266 §4.2), and then has only PLAIN left.
  test('signs in, after STARTTLS, over direct TLS and on a plain loopback connection', () => {
    const encrypted = expect.stringMatching(/^PLAIN$|^SCRAM-SHA-256/);
    expect(outcomes.get('sign_in')).toEqual({ starttls: encrypted, direct: encrypted, plain: 'SCRAM-SHA-256' });
  });

  test('finds what the server can do', () => {
    expect(outcomes.get('discovery')).toMatchObject({
      server: expect.arrayContaining(['urn:xmpp:carbons:2', 'urn:xmpp:blocking', 'urn:xmpp:ping', 'vcard-temp']),
      account: expect.arrayContaining(['urn:xmpp:mam:2', 'http://jabber.org/protocol/pubsub#publish-options']),
    });
  });

  test('subscribes to a contact, sees his status, keeps him in a group', () => {
    expect(outcomes.get('subscription')).toEqual({
      status: ['away', 'in the orchard'],
      item: ['Romeo', ['Lovers'], 'to'],
      left: 0,
    });
  });

  test('talks', () => {
    expect(outcomes.get('conversation')).toEqual({ heard: ['Art thou not Romeo?', 'Neither, fair maid. 若你不喜歡'] });
  });

  test('pages through the archive', () => {
    expect(outcomes.get('history')).toEqual({
      last: Array.from({ length: 25 }, (_, number) => `line ${number}`),
      several: true,
      fields: expect.arrayContaining(['with', 'start', 'end', 'before-id']),
    });
  });

  test('is copied', () => {
    expect(outcomes.get('copies')).toEqual({ sent: 'from the desk', received: 'to the desk' });
  });

  test('publishes a visiting card and an avatar', () => {
    expect(outcomes.get('visiting_card')).toEqual({ name: 'Juliet Capulet', nick: ['Jule'] });
    expect(outcomes.get('avatar')).toEqual({ node: true, card: true });
  });

  test('publishes an event with options, and is told of it', () => {
    expect(outcomes.get('eventing')).toEqual({ told: 'Jule', read: 'Jule' });
  });

  test('blocks somebody, and lets him in again', () => {
    expect(outcomes.get('blocking')).toEqual({
      listed: ['nurse@localhost'],
      refused: 'service-unavailable',
      afterwards: 'Your lady mother!',
    });
  });

  test('resumes its stream: nothing lost, nothing twice', () => {
    expect(outcomes.get('resumption')).toEqual({ juliet: ['meanwhile'], romeo: ['before', 'after'] });
  });

  test('understands our refusals', () => {
    expect(outcomes.get('refusals')).toEqual({
      nobody: 'service-unavailable',
      'no such node': 'item-not-found',
      "somebody's archive": 'forbidden',
    });
  });
});
