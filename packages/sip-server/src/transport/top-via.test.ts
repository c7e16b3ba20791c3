// What is written into the top Via, and where responses go (RFC 3261 §18.2; RFC 3581 §4, §6; RFC 7118 §5.3).
import type { Flow, TransportName } from '@parlance/sip/flow';
import { isRequest } from '@parlance/sip/message';
import { readDatagram } from '@parlance/sip/parse';
import { serialise } from '@parlance/sip/serialise';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { options } from '../testing/transport-stage.ts';
import { responsePlace, stamped, topVia } from './top-via.ts';

const flowFrom = (address: string, port: number, transport: TransportName = 'UDP'): Flow => ({
  id: 'f',
  transport,
  reliable: transport !== 'UDP',
  local: { address: '192.0.2.9', port: 5060 },
  remote: { address, port },
  open: true,
  send: () => true,
});

const read = (text: string) => {
  const message = readDatagram(new TextEncoder().encode(text));
  if (message === undefined || !isRequest(message)) throw new Error('no request');
  return message;
};

const viaAfter = (via: string, flow: Flow): string | undefined =>
  stamped(read(options([], via)), flow).field('via')?.line;

describe('the top Via', () => {
  const source = flowFrom('192.0.2.4', 9988);

  it.each([
    // RFC 3261 §18.2.1 and RFC 3581 §6, their examples.
    ['SIP/2.0/UDP bobspc.biloxi.com:5060', 'SIP/2.0/UDP bobspc.biloxi.com:5060;received=192.0.2.4'],
    [
      'SIP/2.0/UDP 10.1.1.1:4540;rport;branch=z9hG4bKkjshdyff',
      'SIP/2.0/UDP 10.1.1.1:4540;rport=9988;branch=z9hG4bKkjshdyff;received=192.0.2.4',
    ],
    ['SIP/2.0/UDP 192.0.2.4;branch=z9hG4bK1', 'SIP/2.0/UDP 192.0.2.4;branch=z9hG4bK1'],
    [
      'SIP/2.0/UDP 192.0.2.4;rport;branch=z9hG4bK1',
      'SIP/2.0/UDP 192.0.2.4;rport=9988;branch=z9hG4bK1;received=192.0.2.4',
    ],
    // What a peer says of itself is not believed.
    ['SIP/2.0/UDP 192.0.2.4;received=203.0.113.1', 'SIP/2.0/UDP 192.0.2.4;received=192.0.2.4'],
    ['SIP/2.0/UDP 192.0.2.4;rport=53;branch=z', 'SIP/2.0/UDP 192.0.2.4;rport=9988;branch=z;received=192.0.2.4'],
    // Others in the same field stay, and so does whatever is odd.
    [
      'SIP / 2.0 / UDP Phone.Example ;branch=z9hG4bK1 , SIP/2.0/TCP a;X="b, c"',
      'SIP / 2.0 / UDP Phone.Example;branch=z9hG4bK1;received=192.0.2.4 , SIP/2.0/TCP a;X="b, c"',
    ],
  ])('%s becomes %s', (came, gone) => {
    expect(viaAfter(came, source)).toBe(`Via: ${gone}`);
  });

  it('has IPv6 addresses without brackets and zones (RFC 5118 §4.5)', () => {
    const via = 'SIP/2.0/UDP [2001:db8::9]:5060;branch=z9hG4bK1';
    expect(viaAfter(via, flowFrom('2001:db8::9', 5060))).toBe(`Via: ${via}`);
    expect(viaAfter(via, flowFrom('fe80::1%eth0', 5060))).toBe(`Via: ${via};received=fe80::1`);
  });

  it('of a WebSocket has no address of whatever stands between (RFC 7118 §5.3)', () => {
    const via = 'SIP/2.0/WSS df7jal23ls0d.invalid;branch=z9hG4bK1';
    expect(viaAfter(via, flowFrom('192.0.2.4', 1, 'WSS'))).toBe(`Via: ${via}`);
    expect(viaAfter(`${via};rport`, flowFrom('192.0.2.4', 1, 'WSS'))).toBe(`Via: ${via};rport=1;received=192.0.2.4`);
  });

  it('that cannot be read stays as it is, for whoever refuses it', () => {
    const via = 'SIP/2.0/UDP ;rport;branch=z9hG4bK1';
    expect(viaAfter(via, source)).toBe(`Via: ${via}`);
    expect(topVia(read(options([], via)))).toBeUndefined();
  });

  it('is all that changes', () => {
    const line = fc
      .stringMatching(/^[A-Za-z-]{1,9}: [ -~]{0,20}$/)
      .filter((each) => !/^(v|via|l|content-length):/i.test(each));
    fc.assert(
      fc.property(fc.array(line), (lines) => {
        const request = read(options(lines, 'SIP/2.0/UDP a.example;rport;branch=z9hG4bK1'));
        const marked = stamped(request, source);
        const others = (fields: typeof request.fields) =>
          fields.filter(({ id }) => id !== 'via').map((each) => each.line);
        expect(others(marked.fields)).toEqual(others(request.fields));
        expect(topVia(readBack(marked))?.parameters.map(({ name }) => name)).toEqual(['rport', 'branch', 'received']);
      }),
    );
  });

  const readBack = (message: ReturnType<typeof read>) => read(Buffer.from(serialise(message)).toString());
});

describe('a response', () => {
  const place = (via: string, flow: Flow) => responsePlace(topVia(stamped(read(options([], via)), flow)), flow);

  it.each([
    ['goes to the port of the source when there is rport', 'SIP/2.0/UDP a.example:5070;rport', 9988],
    ['goes to the port of sent-by without', 'SIP/2.0/UDP a.example:5070', 5070],
    ['goes to 5060 when sent-by has none', 'SIP/2.0/UDP a.example', 5060],
    ['never goes to port 0', 'SIP/2.0/UDP a.example:0', 9988],
    ['goes nowhere else, whatever maddr says', 'SIP/2.0/UDP a.example:5070;maddr=203.0.113.1', 5070],
  ])('%s', (_, via, port) => {
    expect(place(via, flowFrom('192.0.2.4', 9988))).toEqual({ address: '192.0.2.4', port });
  });

  it('of a connection that is gone goes to the source at the port of sent-by, by transport (RFC 3261 §18.2.2)', () => {
    expect(place('SIP/2.0/TCP a.example', flowFrom('192.0.2.4', 9988, 'TCP')).port).toBe(5060);
    expect(place('SIP/2.0/TLS a.example', flowFrom('192.0.2.4', 9988, 'TLS')).port).toBe(5061);
    expect(place('SIP/2.0/TLS a.example:7', flowFrom('192.0.2.4', 9988, 'TLS')).port).toBe(7);
  });
});
