// Calls between two user agents: flows of RFC 3665 and RFC 6026.
import { FakeClock } from '@parlance/testkit/fake-clock';
import { describe, expect, it } from 'vitest';
import type { TransportName } from '../flow.ts';
import { respond } from '../response.ts';
import { Call } from '../testing/call.ts';

const begin = (transport: TransportName, ...more: readonly string[]): Call<FakeClock> =>
  new Call(new FakeClock(), transport, ...more);

const body = new TextEncoder().encode('v=0\r\n');

describe('a call (RFC 3665)', () => {
  it('is answered and ended (§3.1)', () => {
    const call = begin('UDP');
    const { net } = call;
    call.onInvite = (server) => {
      server.progress(180);
      call.clock.after(2000, () => server.accept({ body }));
    };
    call.clock.advance(3000);
    const [dialog] = call.dialogs;
    expect(dialog?.state).toBe('confirmed');
    if (dialog !== undefined)
      net.near.transactions.send(dialog.request('BYE'), net.near.flow, {
        response: ({ status }) => call.note(`alice hears ${status} to BYE`),
        timeout: () => undefined,
        failed: () => undefined,
      });
    call.clock.advance(40_000);
    expect(net.log).toEqual(['0 → INVITE', '1 ← 180', '2001 ← 200', '2002 → ACK', '3000 → BYE', '3001 ← 200']);
    expect(call.heard).toEqual([
      '2 alice hears 180',
      '2002 alice is connected',
      '2003 bob is connected',
      '3001 bob hears BYE',
      '3002 alice hears 200 to BYE',
      '34002 alice knows all',
    ]);
    expect(call.clock.pending).toBe(0);
  });

  it('is taken back before it is answered (§3.8)', () => {
    const call = begin('UDP');
    call.onInvite = (server) => server.progress(180);
    call.clock.advance(1000);
    call.client.cancel();
    call.clock.advance(100_000);
    expect(call.net.log).toEqual(['0 → INVITE', '1 ← 180', '1000 → CANCEL', '1001 ← 487', '1001 ← 200', '1002 → ACK']);
    expect(call.heard).toEqual([
      '2 alice hears 180',
      '1001 bob stops ringing',
      '1002 alice is refused: cancelled',
      '33002 alice knows all',
    ]);
    expect([call.bob.dialog.state, call.clock.pending]).toEqual(['ended', 0]);
  });

  it('is refused as busy (§3.9 and its like)', () => {
    const call = begin('TCP');
    call.onInvite = (server) => server.refuse({ status: 486 });
    call.clock.advance(100_000);
    expect(call.net.log).toEqual(['0 → INVITE', '1 ← 486', '2 → ACK']);
    expect(call.heard).toEqual(['2 alice is refused: 486', '2 alice knows all']);
    expect(call.clock.pending).toBe(0);
  });

  it('is not answered by anybody (§3.10 and its like)', () => {
    const call = begin('UDP');
    call.net.fate = () => [];
    call.clock.advance(100_000);
    expect(call.heard).toEqual(['32000 alice is refused: timeout', '32000 alice knows all']);
  });
});

describe('CANCEL and 200 that cross (RFC 3261 §9.1)', () => {
  it('make a call that ends at once', () => {
    const call = begin('UDP');
    call.onInvite = (server) => {
      server.progress(180);
      call.clock.after(1000, () => server.accept());
    };
    call.clock.advance(1000);
    call.client.cancel();
    call.clock.advance(100_000);
    expect(call.net.log).toEqual([
      '0 → INVITE',
      '1 ← 180',
      '1000 → CANCEL',
      '1001 ← 200',
      '1001 ← 200',
      '1002 → ACK',
      '1002 → BYE',
      '1003 ← 200',
    ]);
    expect(call.heard).toEqual([
      '2 alice hears 180',
      '1002 alice is refused: cancelled',
      '1003 bob is connected',
      '1003 bob hears BYE',
      '33002 alice knows all',
    ]);
    expect(call.clock.pending).toBe(0);
  });

  it('leave an answered call alone when the CANCEL comes later', () => {
    const call = begin('UDP');
    call.onInvite = (server) => server.accept();
    call.clock.advance(10);
    call.client.cancel();
    call.clock.advance(100_000);
    expect(call.net.log).toEqual(['0 → INVITE', '1 ← 200', '2 → ACK']);
    expect(call.dialogs).toHaveLength(1);
  });
});

describe('a 2xx (RFC 3261 §13.3.1.4, RFC 6026)', () => {
  it.each(['UDP', 'TCP'] as const)('is sent again over %s until the ACK comes', (transport) => {
    const call = begin(transport);
    call.onInvite = (server) => server.accept();
    let acks = 0;
    call.net.fate = (message) => ('method' in message && message.method === 'ACK' && acks++ < 3 ? [] : [1]);
    call.clock.advance(100_000);
    expect(call.net.log.filter((line) => / (200|ACK)$/.test(line))).toEqual([
      '1 ← 200',
      '2 → ACK',
      '501 ← 200',
      '502 → ACK',
      '1501 ← 200',
      '1502 → ACK',
      '3501 ← 200',
      '3502 → ACK',
    ]);
    expect(call.heard.filter((line) => line.includes('connected'))).toEqual([
      '2 alice is connected',
      '3503 bob is connected',
    ]);
  });

  it('is sent for 64·T1 when no ACK comes', () => {
    const call = begin('TCP');
    call.onAccepted = () => undefined;
    call.onInvite = (server) => server.accept();
    call.clock.advance(100_000);
    const times = [1, 501, 1501, 3501, 7501, 11_501, 15_501, 19_501, 23_501, 27_501, 31_501];
    expect(call.net.log.slice(1)).toEqual(times.map((at) => `${at} ← 200`));
    expect(call.heard).toContain('32001 bob waits in vain');
    expect(call.clock.pending).toBe(0);
  });

  it('may come from several who were called: each has a dialog and an ACK', () => {
    const call = begin('UDP');
    const { near } = call.net;
    for (const tag of ['one', 'two', 'one'])
      near.transactions.absorb(respond(call.client.request, { status: 200 }, tag), near.flow);
    expect(call.dialogs.map(({ name }) => name.split('\n')[2])).toEqual(['one', 'two']);
    expect(call.net.log).toEqual(['0 → INVITE', '0 → ACK', '0 → ACK', '0 → ACK']);
  });

  it('is acknowledged with the credentials of its INVITE', () => {
    const call = begin('TCP', 'Proxy-Authorization: Digest username="alice"');
    call.onInvite = (server) => server.accept({ body });
    call.onAccepted = (acknowledge) => acknowledge({ body });
    call.clock.advance(10);
    const ack = call.net.near.flow.sent.at(-1)?.message;
    expect([ack?.startLine, ack?.text('cseq'), ack?.text('proxy-authorization')]).toEqual([
      'ACK sip:bob@192.0.2.2 SIP/2.0',
      '1 ACK',
      'Digest username="alice"',
    ]);
    expect(call.heard).toContain('3 bob is connected and has an answer');
  });
});
