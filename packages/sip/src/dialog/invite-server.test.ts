// The called side: ringing, expiry, reliable provisional responses (RFC 3261 §13.3; RFC 3262).
import { FakeClock } from '@parlance/testkit/fake-clock';
import { describe, expect, it } from 'vitest';
import type { TransportName } from '../flow.ts';
import { respond } from '../response.ts';
import { Call } from '../testing/call.ts';
import { readRequest } from '../testing/messages.ts';

const begin = (transport: TransportName, ...more: readonly string[]): Call<FakeClock> =>
  new Call(new FakeClock(), transport, ...more);

const body = new TextEncoder().encode('v=0\r\n');

describe('ringing', () => {
  it('is said again every minute, so that no proxy gives up (RFC 3261 §13.3.1.1)', () => {
    const call = begin('TCP');
    call.onInvite = (server) => server.progress(180);
    call.clock.advance(150_000);
    expect(call.net.log).toEqual(['0 → INVITE', '1 ← 180', '60001 ← 180', '120001 ← 180']);
  });

  it('ends when the INVITE expires (§13.3.1)', () => {
    const call = begin('TCP', 'Expires: 30');
    call.onInvite = (server) => server.progress(180);
    call.clock.advance(100_000);
    expect(call.heard).toEqual([
      '2 alice hears 180',
      '30001 bob stops ringing',
      '30002 alice is refused: 487',
      '30002 alice knows all',
    ]);
    expect(call.clock.pending).toBe(0);
  });
});

describe('a reliable provisional response (RFC 3262)', () => {
  it('is acknowledged by PRACK', () => {
    const call = begin('UDP', 'Supported: 100rel');
    call.onInvite = (server) => server.progress(183, {}, true);
    call.clock.advance(100);
    expect(call.net.log).toEqual(['0 → INVITE', '1 ← 183', '2 → PRACK', '3 ← 200']);
    const prack = call.net.near.flow.sent.at(-1)?.message;
    expect([prack?.text('rack'), prack?.text('cseq')]).toEqual(['813520 1 INVITE', '2 PRACK']);
    const sent = call.net.far.flow.sent[0]?.message;
    expect([sent?.text('require'), sent?.text('rseq')]).toEqual(['100rel', '813520']);
  });

  it('is sent again with doubling pauses, heard once, and gives up the INVITE', () => {
    const call = begin('UDP', 'Require: 100rel');
    call.onProgress = () => undefined;
    call.onInvite = (server) => server.progress(180);
    call.clock.advance(40_000);
    const times = [1, 501, 1501, 3501, 7501, 15_501, 31_501];
    expect(call.net.log.filter((line) => line.endsWith('180'))).toEqual(times.map((at) => `${at} ← 180`));
    expect(call.heard).toEqual(['2 alice hears 180', '32001 bob stops ringing', '32002 alice is refused: 500']);
  });

  it('comes after the one before was acknowledged, and the 2xx after its session description', () => {
    const call = begin('UDP', 'Supported: 100rel');
    call.onInvite = (server) => {
      server.progress(183, { body }, true);
      server.progress(180, {}, true);
      server.accept();
    };
    call.clock.advance(100);
    expect(call.net.log).toEqual([
      '0 → INVITE',
      '1 ← 183',
      '2 → PRACK',
      '3 ← 180',
      '3 ← 200',
      '4 → PRACK',
      '5 ← 200',
      '5 ← 200',
      '6 → ACK',
    ]);
  });

  it('is not acknowledged out of order', () => {
    const call = begin('UDP', 'Supported: 100rel');
    const { near } = call.net;
    const ring = (rseq: number): boolean => {
      const { fields } = readRequest('X x:x SIP/2.0', 'Require: 100rel', `RSeq: ${rseq}`);
      return near.transactions.absorb(respond(call.client.request, { status: 183, fields }, 'b'), near.flow);
    };
    for (const rseq of [5, 7, 5, 6]) ring(rseq);
    expect(call.net.near.flow.sent.map(({ message }) => message.text('rack'))).toEqual([
      undefined,
      '5 1 INVITE',
      '6 1 INVITE',
    ]);
  });

  it('is not sent to a caller who cannot acknowledge it', () => {
    const call = begin('UDP');
    call.onInvite = (server) => server.progress(180, {}, true);
    call.clock.advance(1000);
    expect(call.net.far.flow.sent[0]?.message.has('rseq')).toBe(false);
  });

  it('waits in vain for a PRACK that names another', () => {
    const call = begin('UDP', 'Supported: 100rel');
    call.onProgress = () => undefined;
    call.onInvite = (server) => server.progress(180, {}, true);
    call.clock.advance(100);
    for (const rack of ['813521 1 INVITE', '813520 2 INVITE', '813520 1 UPDATE'])
      expect(call.bob.acknowledgeProgress(readRequest('PRACK x:x SIP/2.0', `RAck: ${rack}`))).toBe(false);
    expect(call.bob.acknowledgeProgress(readRequest('PRACK x:x SIP/2.0', 'RAck: 813520 1 INVITE'))).toBe(true);
  });
});
