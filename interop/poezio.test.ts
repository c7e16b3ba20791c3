// Poezio, a client for the terminal, unmodified, at our server. Skipped where it is not installed: npm run peers.
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { House, password } from '@parlance/scenarios/house';
import type { XmppClient } from '@parlance/xmpp-client/client';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { missing } from './missing.ts';
import { asSomebody, forbidden } from './namespaces.ts';
import { attentive, heard, say, seen, status, subscription } from './stanzas.ts';
import { Terminal } from './terminal.ts';

const install = missing('poezio', 'tmux') ?? forbidden(...asSomebody);
const juliet = 'juliet@localhost';
const romeo = 'romeo@localhost';

const configuration = (house: House): string => `
[Poezio]
jid = ${juliet}/poezio
password = ${password}
custom_host = 127.0.0.1
custom_port = ${house.port('c2s')}
ca_cert_path = ${join(house.directory, 'data/certs/localhost.crt')}
use_log = false
plugins_autoload =
`;

/** Each test goes on where the one before it stopped. */
describe.skipIf(install !== undefined)(`Poezio (${install ?? 'installed'})`, () => {
  let house: House;
  let other: XmppClient;
  const terminal = Terminal.make();

  beforeAll(async () => {
    house = await House.open();
    await house.people(juliet, romeo);
    other = await attentive(house, romeo);
    const phone = await house.client(juliet);
    await phone.send(say(romeo, 'long ago')).outcome();
    await phone.close();
    // It asks for what is older than the whole second that it is now.
    await pause(1_000);
    const file = join(terminal.home, 'poezio.cfg');
    writeFileSync(file, configuration(house));
    await terminal.start(...asSomebody, 'poezio', '-f', file, '-d', join(terminal.home, 'debug'));
  });

  afterAll(async () => {
    await terminal.close();
    await house.close();
  });

  /** It takes an Enter that comes together with a line for pasted text. */
  const enter = async (line: string): Promise<void> => {
    await terminal.keys(line);
    await terminal.shows(line);
    await terminal.enter();
  };

  /** Types a command in the window of the roster, where each key is a command until a slash opens a line. */
  const command = async (line: string): Promise<void> => {
    await terminal.shows('Enter commands with');
    await terminal.keys('/');
    await terminal.shows(/│\/\s*$/);
    await enter(line);
  };

  test('signs in, the certificate verified', async () => {
    expect(await terminal.shows('Your JID is')).toContain(`${juliet}/poezio`);
  });

  test('asks for a contact, and is asked', async () => {
    const request = seen(other, 'subscribe');
    await command(`add ${romeo}`);
    expect((await request).attr('from')).toBe(juliet);
    const granted = seen(other, 'subscribed');
    for (const type of ['subscribed', 'subscribe'] as const) other.send(subscription(type, juliet));
    expect((await granted).attr('from')).toBe(juliet);
  });

  test('reads the archive when a conversation is opened, and shows his status within a second', async () => {
    await command(`message ${romeo}`);
    await terminal.shows('long ago');
    other.send(status('dnd', 'reading verses'));
    await terminal.shows('reading verses', 1_000);
    expect(await terminal.shows('show: busy', 1_000)).toContain('reading verses');
  });

  test('messages go both ways', async () => {
    const question = heard(other, 'Art thou not Romeo?');
    await enter('Art thou not Romeo?');
    other.send(say((await question).attr('from') ?? '', 'Neither, fair maid.'));
    expect(await terminal.shows('Neither, fair maid.')).toContain('Art thou not Romeo?');
  });

  test('what was said while she was away is there when she comes back', async () => {
    const gone = seen(other, 'unavailable');
    await enter('/win 0');
    await command('disconnect');
    await gone;
    expect(await other.send(say(juliet, 'a word in the night')).outcome()).toBe('acked');
    await command('reconnect');
    await command(`message ${romeo}`);
    expect(await terminal.shows('a word in the night')).toContain('Neither, fair maid.');
  });

  // Whether she has a visiting card is a question; that she has none is its answer (XEP-0054 §3.1).
  test('nothing that it asked for was refused', () => {
    const log = readFileSync(join(terminal.home, 'debug'), 'utf8');
    const refused = log.split('\n').filter((line) => line.includes('RECV: <iq type="error"'));
    expect(refused.filter((line) => !line.includes('<item-not-found'))).toEqual([]);
  });
});
