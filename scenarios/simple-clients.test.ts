// The simple clients, each as a process of its own on a real server (DESIGN §1, row 23).
import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';
import { type Element, el } from '@parlance/xml/element';
import { namespaces } from '@parlance/xmpp/namespaces';
import { presence } from '@parlance/xmpp/wire/rfc-6121.presence';
import { Roster } from '@parlance/xmpp-client/features/roster';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { House, password } from './house.ts';

const here = (name: string): string => fileURLToPath(new URL(`../examples/${name}`, import.meta.url));

const python = spawnSync('python3', ['--version']).status === 0;

const programs = [
  { name: 'Python on a raw socket', source: 'simple.py', command: ['python3', here('simple.py')], missing: !python },
  {
    name: 'TypeScript on our client package',
    source: 'simple.ts',
    command: [process.execPath, here('dist/simple.js')],
    missing: false,
  },
];

const juliet = 'juliet@localhost';
const romeo = 'romeo@localhost';

let house: House;

beforeEach(async () => {
  house = await House.open();
  await house.people(juliet, romeo);
});
afterEach(() => house.close());

/** Romeo answers every message. */
const answering = async (): Promise<void> => {
  const client = await house.client(romeo);
  client.on('message', (message: Element) => {
    const body = message.childText('body');
    const to = message.attr('from');
    if (body !== undefined)
      client.send(
        el('message', namespaces.client, { to, type: 'chat' }, el('body', namespaces.client, {}, `${body}?`)),
      );
  });
  client.send(presence('available', {}));
};

const run = async ([command = '', ...args]: readonly string[], ...words: readonly string[]) => {
  const child = spawn(command, [...args, ...words, `127.0.0.1:${house.port('c2s')}`], { stdio: 'pipe' });
  const heard = Promise.all([text(child.stdout), text(child.stderr), once(child, 'close') as Promise<[number | null]>]);
  child.stdin.end(`${password}\n`);
  const [out, err, [code]] = await heard;
  return { out: out.trimEnd().replaceAll('\r', '').split('\n'), err, code };
};

test.for(programs)('$name: signs in, reads the roster, sends, receives, reads history', async (program, { skip }) => {
  skip(program.missing, 'python3 is not installed: apt-get install python3');
  await answering();
  const one = await house.client(juliet);
  await new Roster(one).set(romeo, 'Romeo');
  await one.close();
  const { out, err, code } = await run(program.command, juliet, romeo, 'art thou <there> & well');
  expect({ err, code }).toEqual({ err: '', code: 0 });
  expect(out.map((line) => line.replaceAll(/@localhost\/\S+/g, '@localhost'))).toEqual([
    'online juliet@localhost',
    'contact romeo@localhost none',
    'received romeo@localhost art thou <there> & well?',
    'history juliet@localhost art thou <there> & well',
    'history romeo@localhost art thou <there> & well?',
  ]);
});

test.for(programs)('$name is under 100 lines', ({ source }) => {
  expect(readFileSync(here(source), 'utf8').trimEnd().split('\n').length).toBeLessThan(100);
});
