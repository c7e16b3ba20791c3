// The client against a scripted server: resumption, redirection, and what a hostile server or peer may try.

import { FakeClock } from '@parlance/testkit/fake-clock';
import { type Element, el } from '@parlance/xml/element';
import { namespaces } from '@parlance/xmpp/namespaces';
import { expect, test } from 'vitest';
import type { XmppClient } from './client.ts';
import { AuthenticationError, ConnectionLost, StanzaError, StreamError, TimeoutError } from './errors.ts';
import { systemPlatform } from './platform.ts';
import { clientOf } from './testing/scripted-client.ts';
import { type Script, ScriptedServer } from './testing/scripted-server.ts';

const ns = "xmlns='jabber:client'";

interface Play {
  readonly clock: FakeClock;
  readonly server: ScriptedServer;
  readonly client: XmppClient;
  readonly faults: unknown[];
}

const play = (): Play => {
  const [clock, server, faults] = [new FakeClock(), new ScriptedServer(), [] as unknown[]];
  const client = clientOf(server, { platform: { ...systemPlatform, clock }, fault: (error) => faults.push(error) });
  return { clock, server, client, faults };
};

const online = async (script?: Script): Promise<Play> => {
  const set = play();
  await Promise.all([set.client.connect(), set.server.admit(script)]);
  return set;
};

/** Lets promises settle. */
const settle = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

/** What a promise rejects with. */
const errorOf = (promise: Promise<unknown>): Promise<unknown> =>
  promise.then(
    () => undefined,
    (error: unknown) => error,
  );

/** Cuts the connection and lets the client come back. */
const cutAndReturn = async ({ server, client, clock }: Play, script: Script): Promise<void> => {
  server.cut();
  await settle();
  const back = Promise.race([client.once('online'), client.once('resumed')]);
  const admitted = server.admit(script);
  await clock.advanceAsync(2_000);
  await Promise.all([admitted, back]);
};

const chat = (id: string): Element =>
  el('message', namespaces.client, { to: 'romeo@two.example', id }, el('body', namespaces.client, {}, id));

const result = (id: string | undefined, from?: string): string =>
  `<iq ${ns} type='result' id='${id}'${from === undefined ? '' : ` from='${from}'`}><query xmlns='test'/></iq>`;

test('what was sent is acknowledged when the server says so', async () => {
  const { server, client, clock } = await online();
  const [one, two] = [client.send(chat('1')), client.send(chat('2'))];
  await server.stanza('message');
  await server.stanza('message');
  clock.advance(50);
  await server.stanza('r');
  server.say(`<a xmlns='${namespaces.sm}' h='1'/>`);
  expect([one.state, two.state]).toEqual(['acked', 'sent']);
});

test('a resumed stream carries on: only what was not handled is sent again, with the same id', async () => {
  const set = await online();
  const { server, client } = set;
  server.say(`<presence ${ns} from='romeo@two.example/x'/>`);
  const [one, two] = [client.send(chat('1')), client.send(chat('2'))];
  await server.stanza('message');
  await cutAndReturn(set, { resume: { answer: 'resumed', h: 1 } });
  expect((await server.stanza('message')).attr('id')).toBe('2');
  expect([one.state, two.state]).toEqual(['acked', 'sent']);
});

test('a refused resumption begins anew: messages are sent again but for those that arrived, requests have failed', async () => {
  const set = await online();
  const { server, client } = set;
  const [one, two] = [client.send(chat('1')), client.send(chat('2'))];
  const refused = errorOf(client.request('get', el('query', 'test')));
  await server.stanza('iq');
  await cutAndReturn(set, { resume: { answer: 'failed', h: 1 } });
  expect((await server.stanza('message')).attr('id')).toBe('2');
  expect([one.state, two.state]).toEqual(['acked', 'sent']);
  expect(await refused).toBeInstanceOf(ConnectionLost);
});

test('a message that waited says when it was written', async () => {
  const set = await online();
  const { server, client, clock } = set;
  const before = new Date(clock.now()).toISOString();
  server.cut();
  client.send(chat('1'));
  // The first attempt to come back leads nowhere.
  await clock.advanceAsync(31_000);
  await server.stanza('open');
  const admitted = server.admit({ resume: { answer: 'failed' } });
  await clock.advanceAsync(3_000);
  await admitted;
  const delay = (await server.stanza('message')).child('delay', namespaces.delay);
  expect(delay?.attr('stamp')).toBe(before);
  expect(delay?.attr('from')).toBe('juliet@one.example/balcony');
});

test('without stream management a stanza is done when written', async () => {
  const { client } = await online({ plain: true });
  expect(await client.send(chat('1')).outcome()).toBe('sent');
});

test.each(['3', '4294967295', '-1', 'x'])('a server that counts wrongly (%s) is left, and told why', async (h) => {
  const { server, client } = await online();
  const gone = client.once('offline');
  client.send(chat('1'));
  await server.stanza('message');
  server.say(`<a xmlns='${namespaces.sm}' h='${h}'/>`);
  expect((await server.stanza('error')).child('handled-count-too-high', namespaces.sm)).toBeDefined();
  expect((await gone).resumable).toBe(false);
});

test('our own count goes out when asked', async () => {
  const { server } = await online();
  for (const name of ['message', 'presence', 'message']) server.say(`<${name} ${ns} from='romeo@two.example/x'/>`);
  server.say(`<r xmlns='${namespaces.sm}'/>`);
  expect((await server.stanza('a')).attr('h')).toBe('3');
});

test.each([
  [undefined, undefined, true],
  [undefined, 'juliet@one.example', true],
  [undefined, 'juliet@one.example/balcony', true],
  [undefined, 'one.example', true],
  [undefined, 'romeo@two.example', false],
  ['juliet@one.example', undefined, true],
  ['juliet@one.example', 'one.example', false],
  ['one.example', 'one.example', true],
  ['one.example', 'ONE.example', true],
  ['one.example', 'juliet@one.example', false],
  ['romeo@two.example/x', 'romeo@two.example/x', true],
  ['romeo@two.example/x', 'romeo@two.example', false],
  ['romeo@two.example/x', 'tybalt@two.example/x', false],
  ['romeo@two.example/x', undefined, false],
])('checklist 32: a request to %s that %s answers: %s', async (to, from, settles) => {
  const { server, client, clock } = await online();
  const asked = client.request('get', el('query', 'test'), to);
  const outcome = asked.then(
    () => true,
    (error: unknown) => (error instanceof TimeoutError ? false : error),
  );
  server.say(result((await server.stanza('iq')).attr('id'), from));
  clock.advance(30_000);
  expect(await outcome).toBe(settles);
});

test('an error is the answer, too', async () => {
  const { server, client } = await online();
  const refused = errorOf(client.request('get', el('query', 'test')));
  const id = (await server.stanza('iq')).attr('id');
  server.say(
    `<iq ${ns} type='error' id='${id}'><error type='cancel'><item-not-found xmlns='${namespaces.stanzas}'/></error></iq>`,
  );
  expect(await refused).toMatchObject({ condition: 'item-not-found', type: 'cancel' });
});

test('every request is answered once; answers to nobody get none', async () => {
  const { server, client, faults } = await online();
  client.handle('get', 'good', 'test', () => el('good', 'test'));
  client.handle('get', 'late', 'test', () => Promise.resolve(undefined));
  client.handle('get', 'no', 'test', () => {
    throw new StanzaError('forbidden', 'auth');
  });
  client.handle('get', 'bug', 'test', () => {
    throw new Error('a bug');
  });
  const ask = (content: string, type = 'get'): void =>
    server.say(`<iq ${ns} type='${type}' id='7' from='romeo@two.example/x'>${content}</iq>`);
  server.say(result('nobody-asked'));
  const answers: (string | undefined)[] = [];
  for (const name of ['good', 'late', 'no', 'bug', 'unknown']) {
    ask(`<${name} xmlns='test'/>`);
    const iq = await server.stanza('iq');
    expect([iq.attr('id'), iq.attr('to'), iq.attr('from')]).toEqual(['7', 'romeo@two.example/x', undefined]);
    answers.push(iq.child('error')?.elements()[0]?.name ?? iq.attr('type'));
  }
  for (const [content, type] of [
    ['', 'get'],
    ["<good xmlns='test'/>", 'put'],
  ]) {
    ask(content ?? '', type);
    answers.push((await server.stanza('iq')).child('error')?.elements()[0]?.name);
  }
  expect(answers).toEqual([
    'result',
    'result',
    'forbidden',
    'internal-server-error',
    'service-unavailable',
    'bad-request',
    'bad-request',
  ]);
  expect(faults).toHaveLength(1);
});

test('a listener that throws stops neither the others nor the stream', async () => {
  const { server, client, faults } = await online();
  const heard: string[] = [];
  client.on('message', () => {
    throw new Error('a bug');
  });
  client.on('message', (message) => heard.push(message.attr('id') ?? ''));
  for (const id of ['1', '2']) server.say(`<message ${ns} id='${id}'/>`);
  expect(heard).toEqual(['1', '2']);
  expect(faults).toHaveLength(2);
});

const streamError = (condition: string, detail = ''): string =>
  `<stream:error xmlns:stream='${namespaces.stream}'><${condition} xmlns='${namespaces.streamErrors}'>${detail}</${condition}></stream:error>`;

test('see-other-host is followed at once, three times in a row at most', async () => {
  const { server, client, clock } = play();
  void client.connect().catch(() => undefined);
  for (let detour = 0; detour < 4; detour++) {
    await server.stanza('open');
    server.say(streamError('see-other-host', `host${detour}`));
    await settle();
  }
  expect(server.opened).toEqual(['main', 'host0', 'host1', 'host2']);
  expect(client.state).toBe('waiting');
  await clock.advanceAsync(1_000);
  expect(server.opened.at(-1)).toBe('main');
  await client.close();
});

test('who takes our place keeps it: conflict is the end', async () => {
  const { server, client } = await online();
  const fatal = client.once('fatal');
  server.say(streamError('conflict'));
  expect(await fatal).toBeInstanceOf(StreamError);
  expect(client.state).toBe('closed');
});

test('a shutdown is not the end', async () => {
  const set = await online();
  set.server.say(streamError('system-shutdown'));
  await settle();
  expect(set.client.state).toBe('waiting');
  await cutAndReturn(set, { resume: { answer: 'resumed', h: 0 } });
  expect(set.client.state).toBe('online');
});

test('a refused password is the end; a server that is overloaded is not', async () => {
  const { server, client, clock } = play();
  const refused = errorOf(client.connect());
  for (const condition of ['temporary-auth-failure', 'not-authorized']) {
    const failing = (async () => {
      await server.stanza('open');
      server.say(`<open xmlns='${namespaces.framing}' version='1.0'/>`);
      server.say(
        `<stream:features xmlns:stream='${namespaces.stream}'><mechanisms xmlns='${namespaces.sasl}'><mechanism>PLAIN</mechanism></mechanisms></stream:features>`,
      );
      await server.stanza('auth');
      server.say(`<failure xmlns='${namespaces.sasl}'><${condition}/></failure>`);
    })();
    await clock.advanceAsync(5_000);
    await failing;
  }
  expect(await refused).toBeInstanceOf(AuthenticationError);
});

test('a server that does not go on is given up after half a minute', async () => {
  const { server, client, clock } = play();
  const reconnecting = client.once('reconnecting');
  void client.connect().catch(() => undefined);
  await server.stanza('open');
  await clock.advanceAsync(30_000);
  expect((await reconnecting).failures).toBe(1);
  await client.close();
});

test('a goodbye is said, and waited for no longer than three seconds', async () => {
  const { server, client, clock } = await online();
  const closing = client.close();
  expect((await server.stanza('a')).attr('h')).toBe('0');
  expect((await server.next()).name).toBe('close');
  await clock.advanceAsync(3_000);
  await closing;
  expect(client.state).toBe('closed');
});
