// mcabber, a client for the terminal from the days of RFC 3921, unmodified, at our server. Skipped where it is not installed.
import { X509Certificate } from 'node:crypto';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { House, password } from '@parlance/scenarios/house';
import type { XmppClient } from '@parlance/xmpp-client/client';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { missing } from './missing.ts';
import { attentive, heard, say, seen, status, subscription } from './stanzas.ts';
import { Terminal } from './terminal.ts';

const install = missing('mcabber', 'tmux');
const juliet = 'juliet@localhost';
const romeo = 'romeo@localhost';

/** It asks for the certificate's fingerprint, since nobody has signed it. */
const configuration = (house: House, home: string): string => {
  const certificate = new X509Certificate(readFileSync(join(house.directory, 'data/certs/localhost.crt')));
  return `
set jid = ${juliet}
set password = ${password}
set server = 127.0.0.1
set port = ${house.port('c2s')}
set tls = 1
set ssl_fingerprint = SHA256:${certificate.fingerprint256.replaceAll(':', '').toLowerCase()}
set tracelog_level = 3
set tracelog_file = ${join(home, 'trace')}
set beep_on_message = 0
`;
};

/** Each test goes on where the one before it stopped. */
describe.skipIf(install !== undefined)(`mcabber (${install ?? 'installed'})`, () => {
  let house: House;
  let other: XmppClient;
  const terminal = Terminal.make();

  beforeAll(async () => {
    house = await House.open();
    await house.people(juliet, romeo);
    other = await attentive(house, romeo);
    const file = join(terminal.home, 'mcabberrc');
    writeFileSync(file, configuration(house, terminal.home), { mode: 0o600 });
    await terminal.start('mcabber', '-f', file);
  });

  afterAll(async () => {
    await terminal.close();
    await house.close();
  });

  test('signs in and becomes available', async () => {
    const screen = await terminal.shows('Your status has been set');
    expect(screen).toContain('Connection established.');
  });

  test('asks for a contact, is asked, and sees his status within a second', async () => {
    const request = seen(other, 'subscribe');
    await terminal.type(`/add ${romeo} Romeo`);
    expect((await request).attr('from')).toBe(juliet);
    other.send(subscription('subscribed', juliet));
    await terminal.shows(/\{f\} Romeo/);
    const granted = seen(other, 'subscribed');
    other.send(subscription('subscribe', juliet));
    await terminal.shows('wants to subscribe to your');
    await terminal.type('/event * accept');
    expect((await granted).attr('from')).toBe(juliet);
    other.send(status('dnd', 'reading verses'));
    expect(await terminal.shows(/\[d\] Romeo/, 1_000)).toContain('is allowed to receive your');
  });

  test('messages go both ways', async () => {
    const question = heard(other, 'Art thou not Romeo?');
    await terminal.type('/roster search Romeo', 'Art thou not Romeo?');
    other.send(say((await question).attr('from') ?? '', 'Neither, fair maid.'));
    expect(await terminal.shows('Neither, fair maid.')).toContain('Art thou not Romeo?');
  });

  test('what was said while she was away is there when she comes back', async () => {
    const gone = seen(other, 'unavailable');
    await terminal.type('/disconnect');
    await gone;
    expect(await other.send(say(juliet, 'a word in the night')).outcome()).toBe('acked');
    await terminal.type('/connect');
    await terminal.shows('#[d] Romeo');
    await terminal.type('/roster search Romeo');
    expect(await terminal.shows('a word in the night')).toContain('Neither, fair maid.');
  });

  test('nothing that it asked for was refused', () => {
    const trace = readFileSync(join(terminal.home, 'trace'), 'utf8');
    expect(trace.split('\n').filter((line) => line.includes("type='error'"))).toEqual([]);
  });
});
