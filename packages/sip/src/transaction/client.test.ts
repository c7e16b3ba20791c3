// The client transactions, figure by figure and timer by timer (RFC 3261 §17.1, §9.1; RFC 6026).
import { FakeClock } from '@parlance/testkit/fake-clock';
import { describe, expect, it } from 'vitest';
import { Field } from '../field.ts';
import type { TransportName } from '../flow.ts';
import { branchOf, via } from '../headers/via.ts';
import type { SipMessage, SipRequest } from '../message.ts';
import { respond } from '../response.ts';
import { counting } from '../testing/counting.ts';
import { MemoryFlow } from '../testing/memory-flow.ts';
import { readRequest } from '../testing/messages.ts';
import type { ClientTransaction } from './client.ts';
import { Transactions } from './transactions.ts';

/** The request of RFC 3261 §17.1.1.3, without its Via, and with a Route. */
const request = (method: string): SipRequest =>
  readRequest(
    `${method} sip:bob@biloxi.com SIP/2.0`,
    'To: Bob <sip:bob@biloxi.com>',
    'From: Alice <sip:alice@atlanta.com>;tag=88sja8x',
    'Max-Forwards: 70',
    'Route: <sip:ss1.atlanta.com;lr>',
    'Call-ID: 987asjd97y7atg',
    `CSeq: 986759 ${method}`,
  );

const stage = (transport: TransportName, method: string) => {
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
  const client = transactions.send(request(method), flow, {
    response: ({ status }) => note(`${status}`),
    timeout: () => note('timeout'),
    failed: () => note('failed'),
    ended: () => note('ended'),
  });
  const answer = (status: number, of: SipRequest = client.request, tag = '99sa0xk'): boolean =>
    transactions.absorb(respond(of, { status }, tag), flow);
  return { clock, flow, strays, heard, transactions, client, answer };
};

const last = (flow: MemoryFlow): SipMessage => {
  const sent = flow.sent.at(-1);
  if (sent === undefined) throw new Error('Nothing was sent');
  return sent.message;
};

const stateAfter = (client: ClientTransaction, run: () => void): string => {
  run();
  return client.state;
};

describe('INVITE client transaction (RFC 3261 figure 5, RFC 6026 §8.4)', () => {
  it('sends again with doubling pauses until timer B', () => {
    const { clock, flow, heard, transactions } = stage('UDP', 'INVITE');
    clock.advance(31_999);
    expect(flow.log).toEqual([0, 500, 1500, 3500, 7500, 15_500, 31_500].map((at) => `${at} INVITE`));
    expect(heard).toEqual([]);
    clock.advance(1);
    expect(heard).toEqual(['32000 timeout', '32000 ended']);
    expect([transactions.counts, clock.pending]).toEqual([{ clients: 0, servers: 0, connections: 0 }, 0]);
  });

  it('sends the same bytes each time', () => {
    const { clock, flow } = stage('UDP', 'INVITE');
    clock.advance(500);
    expect(flow.sent[1]?.bytes).toEqual(flow.sent[0]?.bytes);
  });

  it('sends once over a reliable flow and waits as long', () => {
    const { clock, flow, heard } = stage('TCP', 'INVITE');
    clock.advance(32_000);
    expect(flow.log).toEqual(['0 INVITE']);
    expect(heard).toEqual(['32000 timeout', '32000 ended']);
  });

  it('stops sending once a provisional response came, and tells each', () => {
    const { clock, flow, heard, client, answer } = stage('UDP', 'INVITE');
    clock.advance(600);
    expect(stateAfter(client, () => answer(100))).toBe('proceeding');
    clock.advance(60_000);
    answer(180);
    expect(flow.log).toEqual(['0 INVITE', '500 INVITE']);
    expect(heard).toEqual(['600 100', '60600 180']);
  });

  it('forgets an INVITE of which nothing is heard for ten minutes', () => {
    const { clock, heard, answer } = stage('UDP', 'INVITE');
    answer(180);
    clock.advance(599_999);
    answer(180);
    clock.advance(600_000);
    expect(heard).toEqual(['0 180', '599999 180', '1199999 timeout', '1199999 ended']);
  });

  it.each([
    ['UDP', 32_000],
    ['TCP', 0],
  ] as const)('acknowledges a refusal over %s and ends with timer D', (transport, d) => {
    const { clock, flow, heard, client, answer } = stage(transport, 'INVITE');
    answer(486);
    expect(client.state).toBe(d === 0 ? 'terminated' : 'completed');
    expect(flow.log).toEqual(['0 INVITE', '0 ACK']);
    clock.advance(d);
    expect(heard).toEqual(['0 486', `${d} ended`]);
    expect(clock.pending).toBe(0);
  });

  it('acknowledges a repeated refusal again, and tells it once', () => {
    const { clock, flow, heard, answer } = stage('UDP', 'INVITE');
    answer(486);
    clock.advance(500);
    answer(486);
    answer(100);
    expect(flow.log).toEqual(['0 INVITE', '0 ACK', '500 ACK']);
    expect(heard).toEqual(['0 486']);
    expect(flow.sent[2]?.bytes).toEqual(flow.sent[1]?.bytes);
  });

  it('makes the ACK of RFC 3261 §17.1.1.3', () => {
    const { flow, client, answer } = stage('UDP', 'INVITE');
    answer(486);
    const ack = last(flow);
    expect(ack.startLine).toBe('ACK sip:bob@biloxi.com SIP/2.0');
    expect(ack.all(via)).toEqual(client.request.all(via));
    expect(Object.fromEntries(ack.fields.map(({ id, value }) => [id, value]))).toMatchObject({
      to: 'Bob <sip:bob@biloxi.com>;tag=99sa0xk',
      from: 'Alice <sip:alice@atlanta.com>;tag=88sja8x',
      route: '<sip:ss1.atlanta.com;lr>',
      'max-forwards': '70',
      'call-id': '987asjd97y7atg',
      cseq: '986759 ACK',
    });
  });

  it('tells every 2xx for 64·T1 and acknowledges none', () => {
    const { clock, flow, heard, strays, client, answer } = stage('UDP', 'INVITE');
    expect(stateAfter(client, () => answer(200))).toBe('accepted');
    clock.advance(500);
    answer(200);
    answer(200, client.request, 'another-branch');
    answer(180);
    answer(486);
    clock.advance(31_500);
    answer(200);
    expect(flow.log).toEqual(['0 INVITE']);
    expect(heard).toEqual(['0 200', '500 200', '500 200', '32000 ended']);
    expect(strays).toHaveLength(1);
  });

  it('tells that the flow failed', () => {
    const { clock, flow, heard } = stage('UDP', 'INVITE');
    flow.open = false;
    clock.advance(500);
    expect(heard).toEqual(['500 failed', '500 ended']);
    expect(clock.pending).toBe(0);
  });

  it('fails when its connection breaks, a finished one not', () => {
    const { clock, flow, heard, transactions } = stage('TCP', 'INVITE');
    transactions.lost(flow);
    transactions.lost(flow);
    clock.advance(100_000);
    expect(heard).toEqual(['0 failed', '0 ended']);
  });
});

describe('non-INVITE client transaction (RFC 3261 figure 6)', () => {
  it('sends again with pauses up to T2 until timer F', () => {
    const { clock, flow, heard } = stage('UDP', 'MESSAGE');
    clock.advance(40_000);
    const times = [0, 500, 1500, 3500, 7500, 11_500, 15_500, 19_500, 23_500, 27_500, 31_500];
    expect(flow.log).toEqual(times.map((at) => `${at} MESSAGE`));
    expect(heard).toEqual(['32000 timeout', '32000 ended']);
  });

  it('sends on every T2 once a provisional response came', () => {
    const { clock, flow, heard, answer } = stage('UDP', 'MESSAGE');
    clock.advance(100);
    answer(100);
    clock.advance(31_900);
    expect(flow.log).toEqual([0, 500, 4500, 8500, 12_500, 16_500, 20_500, 24_500, 28_500].map((at) => `${at} MESSAGE`));
    expect(heard).toEqual(['100 100', '32000 timeout', '32000 ended']);
  });

  it.each([
    ['UDP', 5000],
    ['TLS', 0],
  ] as const)('tells one final response over %s and ends with timer K', (transport, k) => {
    const { clock, heard, strays, answer } = stage(transport, 'MESSAGE');
    answer(200);
    answer(200);
    clock.advance(k);
    expect(heard).toEqual(['0 200', `${k} ended`]);
    expect(strays).toHaveLength(k === 0 ? 1 : 0);
    expect(clock.pending).toBe(0);
  });

  it.each([200, 486])('tells a %i after a provisional response, and both in order', (status) => {
    const { clock, heard, answer } = stage('TCP', 'MESSAGE');
    answer(100);
    answer(100);
    answer(status);
    clock.advance(40_000);
    expect(heard).toEqual(['0 100', '0 100', `0 ${status}`, '0 ended']);
  });

  it('is not cancelled', () => {
    const { clock, flow, client, answer } = stage('TCP', 'MESSAGE');
    answer(100);
    client.cancel();
    clock.advance(1);
    expect(flow.log).toEqual(['0 MESSAGE']);
  });
});

describe('a flow that fails (RFC 3261 §17.1.4)', () => {
  it.each([
    ['INVITE', undefined, 500],
    ['MESSAGE', undefined, 500],
    ['MESSAGE', 100, 500],
  ] as const)('ends an %s that is sent again, after %s', (method, status, at) => {
    const { clock, flow, heard, answer } = stage('UDP', method);
    if (status !== undefined) answer(status);
    flow.open = false;
    clock.advance(100_000);
    expect(heard.slice(-2)).toEqual([`${at} failed`, `${at} ended`]);
    expect(clock.pending).toBe(0);
  });

  it.each(['INVITE', 'MESSAGE'])('ends an %s that is under way', (method) => {
    const { flow, heard, transactions, answer } = stage('TCP', method);
    answer(100);
    transactions.lost(flow);
    expect(heard).toEqual(['0 100', '0 failed', '0 ended']);
  });

  it('ends an INVITE whose ACK it does not take', () => {
    const { clock, flow, heard, answer } = stage('UDP', 'INVITE');
    flow.open = false;
    answer(486);
    clock.turn();
    expect(heard).toEqual(['0 486', '0 failed', '0 ended']);
  });
});

describe('CANCEL (RFC 3261 §9.1)', () => {
  it('goes at once after a provisional response, like its INVITE', () => {
    const { flow, client, answer } = stage('UDP', 'INVITE');
    answer(180);
    client.cancel([Field.make('reason', 'SIP;cause=200;text="Call completed elsewhere"')]);
    const cancel = last(flow);
    expect(flow.log).toEqual(['0 INVITE', '0 CANCEL']);
    expect(cancel.startLine).toBe('CANCEL sip:bob@biloxi.com SIP/2.0');
    expect(cancel.all(via)).toEqual(client.request.all(via));
    expect(cancel.text('cseq')).toBe('986759 CANCEL');
    for (const id of ['to', 'from', 'call-id', 'route']) expect(cancel.text(id)).toBe(client.request.text(id));
    expect(cancel.text('reason')).toContain('cause=200');
  });

  it('waits for a provisional response, while the INVITE is sent on', () => {
    const { clock, flow, client, answer } = stage('UDP', 'INVITE');
    client.cancel();
    clock.advance(500);
    expect(flow.log).toEqual(['0 INVITE', '500 INVITE']);
    answer(100);
    expect(flow.log).toEqual(['0 INVITE', '500 INVITE', '500 CANCEL']);
  });

  it('never goes when the final response comes first', () => {
    const { clock, flow, heard, client, answer } = stage('TCP', 'INVITE');
    client.cancel();
    answer(200);
    client.cancel();
    clock.advance(64_000);
    expect(flow.log).toEqual(['0 INVITE']);
    expect(heard).toEqual(['0 200', '32000 ended']);
  });

  it('goes once, ends with 487, and is a transaction of its own', () => {
    const { clock, flow, heard, client, transactions, answer } = stage('UDP', 'INVITE');
    answer(180);
    client.cancel();
    client.cancel();
    const cancel = last(flow) as SipRequest;
    answer(200, cancel);
    answer(487);
    expect(flow.log).toEqual(['0 INVITE', '0 CANCEL', '0 ACK']);
    expect(heard).toEqual(['0 180', '0 487']);
    clock.advance(32_000);
    expect(transactions.counts.clients).toBe(0);
  });

  it('gives up an INVITE that stays unanswered for 64·T1', () => {
    const { clock, heard, client, answer } = stage('TCP', 'INVITE');
    answer(180);
    clock.advance(1000);
    client.cancel();
    answer(180);
    clock.advance(32_000);
    expect(heard).toEqual(['0 180', '1000 180', '33000 timeout', '33000 ended']);
  });
});

describe('the Via of a request (RFC 3261 §18.1.1, RFC 3581)', () => {
  it('says transport and place, an unpredictable branch, and asks for rport over UDP', () => {
    const { client } = stage('UDP', 'OPTIONS');
    expect(client.request.text('via')).toBe('SIP/2.0/UDP 192.0.2.1:5060;branch=z9hG4bKr1;rport');
    expect(stage('WSS', 'OPTIONS').client.request.text('via')).toBe('SIP/2.0/WSS 192.0.2.1:5060;branch=z9hG4bKr1');
  });

  it('is as its parts say', () => {
    const clock = new FakeClock();
    const flow = new MemoryFlow(clock, 'TLS');
    const sentBy = () => ({ address: '2001:db8::1', port: 5061 });
    const transactions = new Transactions({ clock, random: counting(), user: { stray() {} }, sentBy });
    const silent = { response() {}, timeout() {}, failed() {} };
    const { request: sent } = transactions.send(request('OPTIONS'), flow, silent, 'z9hG4bK-given');
    expect(sent.text('via')).toBe('SIP/2.0/TLS [2001:db8::1]:5061;branch=z9hG4bK-given');
    expect(() => transactions.send(request('OPTIONS'), flow, silent, 'z9hG4bK-given')).toThrow('branch');
    expect(() => transactions.send(request('OPTIONS'), flow, silent, 'old')).toThrow('branch');
  });

  it('tells a response of ours from any other', () => {
    const { heard, strays, client, flow, transactions } = stage('UDP', 'OPTIONS');
    const top = client.request.first(via);
    expect(top && branchOf(top)).toBe('z9hG4bKr1');
    for (const line of [
      'SIP/2.0/UDP 192.0.2.1:5060;branch=z9hG4bKr2',
      'SIP/2.0/UDP 192.0.2.9:5060;branch=z9hG4bKr1',
      'SIP/2.0/UDP 192.0.2.1:5060',
    ]) {
      const other = client.request.with({
        fields: client.request.fields.map((f) => (f.id === 'via' ? Field.make('via', line) : f)),
      });
      expect(transactions.absorb(respond(other, { status: 200 }, 'x'), flow)).toBe(true);
    }
    expect([heard, strays.length]).toEqual([[], 3]);
  });
});
