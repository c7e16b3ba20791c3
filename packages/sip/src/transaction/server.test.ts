// The server transactions, figure by figure and timer by timer, and how requests find theirs (RFC 3261 §17.2; RFC 6026; RFC 4320).
import { FakeClock } from '@parlance/testkit/fake-clock';
import { describe, expect, it } from 'vitest';
import type { TransportName } from '../flow.ts';
import type { SipMessage, SipRequest } from '../message.ts';
import { respond } from '../response.ts';
import { counting } from '../testing/counting.ts';
import { MemoryFlow } from '../testing/memory-flow.ts';
import { readRequest } from '../testing/messages.ts';
import type { ServerTransaction } from './server.ts';
import { Transactions } from './transactions.ts';

const branch = 'SIP/2.0/UDP pc33.atlanta.com;branch=z9hG4bKkjshdyff';

const request = (method: string, via = branch, toTag = ''): SipRequest =>
  readRequest(
    `${method} sip:bob@biloxi.com SIP/2.0`,
    `Via: ${via}`,
    `To: Bob <sip:bob@biloxi.com>${toTag === '' ? '' : `;tag=${toTag}`}`,
    'From: Alice <sip:alice@atlanta.com>;tag=88sja8x',
    'Max-Forwards: 70',
    'Call-ID: 987asjd97y7atg',
    `CSeq: 986759 ${method}`,
  );

const stage = (transport: TransportName, method: string, via = branch) => {
  const clock = new FakeClock();
  const flow = new MemoryFlow(clock, transport);
  const strays: SipMessage[] = [];
  const heard: string[] = [];
  const note = (text: string): void => void heard.push(`${clock.monotonic()} ${text}`);
  const transactions = new Transactions({
    clock,
    random: counting(),
    user: { stray: (message) => strays.push(message) },
  });
  const server = serveOn(transactions, request(method, via), flow);
  server.onAck = () => note('ack');
  server.onEnd = (outcome) => note(outcome);
  server.onFail = () => note('failed');
  const answer = (status: number): void => server.respond(respond(server.request, { status }, 'b'));
  const receive = (message: SipRequest, by = flow): boolean => transactions.absorb(message, by);
  return { clock, flow, strays, heard, transactions, server, answer, receive };
};

const serveOn = (transactions: Transactions, message: SipRequest, flow: MemoryFlow): ServerTransaction => {
  const server = transactions.serve(message, flow);
  if (server === undefined) throw new Error('Too many');
  return server;
};

describe('INVITE server transaction (RFC 3261 figure 7, RFC 6026 §8.6)', () => {
  it('says 100 after 200 ms, without a tag, and again when it is asked', () => {
    const { clock, flow, receive } = stage('UDP', 'INVITE');
    expect(receive(request('INVITE'))).toBe(true);
    clock.advance(199);
    expect(flow.log).toEqual([]);
    clock.advance(1);
    receive(request('INVITE'));
    expect(flow.log).toEqual(['200 100', '200 100']);
    expect(flow.sent[0]?.message.text('to')).toBe('Bob <sip:bob@biloxi.com>');
  });

  it('says no 100 when the user spoke before', () => {
    const { clock, flow, answer, receive } = stage('UDP', 'INVITE');
    answer(180);
    clock.advance(500);
    receive(request('INVITE'));
    answer(183);
    receive(request('INVITE'));
    expect(flow.log).toEqual(['0 180', '500 180', '500 183', '500 183']);
  });

  it('sends a refusal again with pauses up to T2 until timer H', () => {
    const { clock, flow, heard, transactions, answer } = stage('UDP', 'INVITE');
    answer(486);
    clock.advance(32_000);
    const times = [0, 500, 1500, 3500, 7500, 11_500, 15_500, 19_500, 23_500, 27_500, 31_500];
    expect(flow.log).toEqual(times.map((at) => `${at} 486`));
    expect(heard).toEqual(['32000 timeout']);
    expect([transactions.counts.servers, clock.pending]).toEqual([0, 0]);
  });

  it.each([
    ['UDP', 5000],
    ['TCP', 0],
  ] as const)('is confirmed by the ACK over %s and ends with timer I', (transport, i) => {
    const { clock, flow, heard, strays, server, answer, receive } = stage(transport, 'INVITE');
    answer(486);
    expect(receive(request('ACK', branch, 'b'))).toBe(true);
    expect(server.state).toBe(i === 0 ? 'terminated' : 'confirmed');
    clock.advance(Math.max(0, i - 1));
    receive(request('ACK', branch, 'b'));
    receive(request('INVITE'));
    answer(200);
    clock.advance(1);
    expect(flow.log).toEqual(['0 486']);
    expect(heard).toEqual(['0 ack', `${i} done`]);
    expect(strays).toHaveLength(i === 0 ? 1 : 0);
  });

  it('sends a refusal once over a reliable flow, and again to a repeated INVITE', () => {
    const { clock, flow, heard, answer, receive } = stage('TCP', 'INVITE');
    answer(486);
    clock.advance(1000);
    receive(request('INVITE'));
    clock.advance(31_000);
    expect(flow.log).toEqual(['0 486', '1000 486']);
    expect(heard).toEqual(['32000 timeout']);
  });

  it('absorbs the INVITE for 64·T1 after a 2xx, which its user sends again, and hands on every ACK', () => {
    const { clock, flow, heard, strays, server, answer, receive } = stage('UDP', 'INVITE');
    answer(200);
    expect(server.state).toBe('accepted');
    clock.advance(500);
    receive(request('INVITE'));
    expect(flow.log).toEqual(['0 200']);
    answer(200);
    answer(486);
    receive(request('ACK', branch, 'b'));
    receive(request('ACK', 'SIP/2.0/UDP pc33.atlanta.com;branch=z9hG4bKother', 'b'));
    clock.advance(31_500);
    expect(flow.log).toEqual(['0 200', '500 200']);
    expect(strays.map((message) => message.startLine.slice(0, 3))).toEqual(['ACK', 'ACK']);
    expect(heard).toEqual(['32000 done']);
    expect(receive(request('INVITE'))).toBe(false);
  });

  it.each([
    [180, 'proceeding'],
    [486, 'completed'],
    [200, 'accepted'],
  ] as const)('goes on when its flow does not take a %i (RFC 6026 §7.1)', (status, state) => {
    const { clock, flow, heard, server, answer, receive } = stage('TCP', 'INVITE');
    flow.open = false;
    answer(status);
    clock.turn();
    expect([server.state, heard]).toEqual([state, ['0 failed']]);
    expect(receive(request('INVITE'))).toBe(true);
  });

  it('answers a repeated request where it came from when the first connection is gone', () => {
    const { clock, flow, answer, receive } = stage('TCP', 'INVITE');
    const other = new MemoryFlow(clock, 'TCP', 'other');
    answer(486);
    receive(request('INVITE'), other);
    flow.open = false;
    receive(request('INVITE'), other);
    expect([flow.log, other.log]).toEqual([['0 486', '0 486'], ['0 486']]);
  });

  it('ends when its user forgets it, later if the user goes on', () => {
    const { clock, heard, transactions, answer } = stage('TCP', 'INVITE');
    clock.advance(500_000);
    answer(180);
    clock.advance(600_000);
    expect([heard, transactions.counts.servers]).toEqual([['1100000 timeout'], 0]);
  });
});

describe('non-INVITE server transaction (RFC 3261 figure 8, RFC 4320)', () => {
  it.each([
    ['UDP', 32_000],
    ['TCP', 0],
  ] as const)('answers over %s, answers again, and ends with timer J', (transport, j) => {
    const { clock, flow, heard, server, answer, receive } = stage(transport, 'MESSAGE');
    expect(receive(request('MESSAGE'))).toBe(true);
    answer(200);
    answer(500);
    expect(server.state).toBe(j === 0 ? 'terminated' : 'completed');
    clock.advance(Math.max(0, j - 1));
    expect(receive(request('MESSAGE'))).toBe(j > 0);
    clock.advance(1);
    expect(flow.log).toEqual(j === 0 ? ['0 200'] : ['0 200', '31999 200']);
    expect(heard).toEqual([`${j} done`]);
    expect(clock.pending).toBe(0);
  });

  it('keeps the first line of an answered request', () => {
    const { server, answer } = stage('UDP', 'MESSAGE');
    answer(100);
    expect(server.request.fields).toHaveLength(6);
    answer(200);
    expect([server.request.startLine, server.request.fields]).toEqual(['MESSAGE sip:bob@biloxi.com SIP/2.0', []]);
  });

  it('says 100 when its client would next wait T2, and no sooner over UDP', () => {
    const { clock, flow, answer, receive } = stage('UDP', 'MESSAGE');
    answer(100);
    clock.advance(3499);
    receive(request('MESSAGE'));
    expect(flow.log).toEqual([]);
    clock.advance(1);
    receive(request('MESSAGE'));
    answer(202);
    expect(flow.log).toEqual(['3500 100', '3500 100', '3500 202']);
  });

  it('may say 100 at any time over a reliable flow', () => {
    const { clock, flow, answer } = stage('TCP', 'MESSAGE');
    answer(100);
    clock.advance(10_000);
    expect(flow.log).toEqual(['0 100']);
  });

  it('says nothing between 101 and 199, and no 408', () => {
    const { clock, flow, heard, answer, receive } = stage('UDP', 'MESSAGE');
    answer(180);
    answer(408);
    answer(200);
    receive(request('MESSAGE'));
    clock.advance(32_000);
    expect(flow.log).toEqual([]);
    expect(heard).toEqual(['32000 done']);
  });

  it.each([
    [200, ['0 100', '0 100', '0 200']],
    [486, ['0 100', '0 100', '0 486']],
    [408, ['0 100', '0 100']],
  ] as const)('ends with a %i after 100', (status, log) => {
    const { clock, flow, heard, answer } = stage('TCP', 'MESSAGE');
    answer(100);
    answer(100);
    answer(status);
    clock.advance(100_000);
    expect([flow.log, heard]).toEqual([log, ['0 done']]);
  });

  it('ends when its flow does not take a 100', () => {
    const { clock, flow, heard, answer } = stage('TCP', 'MESSAGE');
    flow.open = false;
    answer(100);
    clock.turn();
    expect(heard).toEqual(['0 failed', '0 done']);
    expect(clock.pending).toBe(0);
  });

  it('ends when no client can wait for it any more', () => {
    const { clock, flow, heard, answer } = stage('UDP', 'MESSAGE');
    clock.advance(37_000);
    answer(200);
    expect(flow.log).toEqual(['3500 100']);
    expect(heard).toEqual(['37000 timeout']);
    expect(clock.pending).toBe(0);
  });

  it('ends when its flow fails', () => {
    const { clock, flow, heard, answer } = stage('UDP', 'MESSAGE');
    flow.open = false;
    answer(200);
    clock.turn();
    expect(heard).toEqual(['0 failed', '0 done']);
  });
});

describe('the transaction of a request (RFC 3261 §17.2.3)', () => {
  it('is named by branch, sent-by and method', () => {
    const { receive } = stage('UDP', 'MESSAGE');
    expect(receive(request('MESSAGE', 'SIP/2.0/UDP PC33.atlanta.com;received=192.0.2.9;branch=Z9HG4bKKJSHDYFF'))).toBe(
      true,
    );
    expect(receive(request('MESSAGE', `${branch}2`))).toBe(false);
    expect(receive(request('MESSAGE', 'SIP/2.0/UDP pc34.atlanta.com;branch=z9hG4bKkjshdyff'))).toBe(false);
    expect(receive(request('INFO'))).toBe(false);
  });

  it('is what a CANCEL means by the same branch (§9.2)', () => {
    const { transactions, flow, server, receive } = stage('UDP', 'INVITE');
    const cancel = request('CANCEL');
    expect(receive(cancel)).toBe(false);
    expect(transactions.find(cancel)).toBe(server);
    expect(transactions.find(request('CANCEL', `${branch}2`))).toBeUndefined();
    serveOn(transactions, cancel, flow).respond(respond(cancel, { status: 200 }, 'b'));
    expect(receive(request('CANCEL'))).toBe(true);
    expect(flow.log).toEqual(['0 200', '0 200']);
  });

  it('can be meant although it is no INVITE', () => {
    const { transactions, server } = stage('UDP', 'MESSAGE');
    expect(transactions.find(request('CANCEL'))).toBe(server);
  });

  it('is begun once', () => {
    const { transactions, flow } = stage('UDP', 'INVITE');
    expect(() => transactions.serve(request('INVITE'), flow)).toThrow('has a transaction');
  });

  it('is not begun above the bound', () => {
    const clock = new FakeClock();
    const flow = new MemoryFlow(clock, 'UDP');
    const transactions = new Transactions({ clock, random: counting(), user: { stray() {} }, most: 1 });
    expect(transactions.serve(request('MESSAGE'), flow)).toBeDefined();
    expect(transactions.serve(request('MESSAGE', `${branch}2`), flow)).toBeUndefined();
    clock.advance(37_000);
    expect(transactions.serve(request('MESSAGE', `${branch}2`), flow)).toBeDefined();
  });
});

describe('a request as of RFC 2543 (RFC 3261 §17.2.3)', () => {
  const old = 'SIP/2.0/UDP pc33.atlanta.com:5060;branch=1';

  it('is named by everything that tells it from others', () => {
    const { transactions, server, receive } = stage('UDP', 'INVITE', old);
    expect(receive(request('INVITE', old))).toBe(true);
    expect(receive(request('INVITE', 'SIP/2.0/UDP pc33.atlanta.com:5060;branch=2'))).toBe(false);
    expect(receive(request('INVITE', old, 'other'))).toBe(false);
    expect(transactions.find(request('CANCEL', old))).toBe(server);
  });

  it('is acknowledged by the tag of the response', () => {
    const { server, strays, answer, receive } = stage('UDP', 'INVITE', old);
    answer(486);
    receive(request('ACK', old, 'somebody-else'));
    expect([server.state, strays.length]).toEqual(['completed', 1]);
    receive(request('ACK', old, 'b'));
    expect([server.state, strays.length]).toEqual(['confirmed', 1]);
  });

  it('hands on the ACK to a 2xx (RFC 6026 §6)', () => {
    const { server, strays, answer, receive } = stage('UDP', 'INVITE', old);
    answer(200);
    receive(request('ACK', old, 'b'));
    expect([server.state, strays.length]).toEqual(['accepted', 1]);
  });
});
