// All 49 messages of RFC 4475: the valid ones are read and come out byte for byte, the invalid ones get the answer that the text names.
import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { faultOf, isUsable } from './check.ts';
import { FrameError, Framer } from './framer.ts';
import { date } from './headers/date.ts';
import { contact, from, type NameAddr, recordRoute, route, tagOf, to } from './headers/name-addr.ts';
import { accept, callId, contentType, cseq, maxForwards, proxyRequire, require } from './headers/plain.ts';
import { branchOf, via } from './headers/via.ts';
import { isRequest, SipRequest, SipResponse } from './message.ts';
import { parameterOf } from './parameters.ts';
import { readDatagram } from './parse.ts';
import { respond } from './response.ts';
import { serialise } from './serialise.ts';
import { isSip, readSip, readUri, sameUri, unescaped } from './uri.ts';

const folder = fileURLToPath(new URL('../fixtures/rfc4475/', import.meta.url));
const bytesOf = (name: string): Uint8Array => new Uint8Array(readFileSync(`${folder}${name}.dat`));
const text = (bytes: Uint8Array): string => Buffer.from(bytes).toString('latin1');

const request = (name: string): SipRequest => {
  const message = readDatagram(bytesOf(name));
  if (!(message instanceof SipRequest)) throw new Error(`${name} is no request`);
  return message;
};

const response = (name: string): SipResponse => {
  const message = readDatagram(bytesOf(name));
  if (!(message instanceof SipResponse)) throw new Error(`${name} is no response`);
  return message;
};

const addresses = (message: SipRequest): readonly NameAddr[] =>
  message.all(contact).filter((each): each is NameAddr => each !== '*');

type Check<T> = (message: T) => void;

/** By name: section, and what is read. */
const validRequests: Readonly<Record<string, readonly [string, Check<SipRequest>]>> = {
  wsinv: [
    '3.1.1.1',
    (message) => {
      expect(parameterOf(readSip(message.uri).parameters, 'unknownparam')).toBe('');
      expect(message.one(to)).toMatchObject({ uri: 'sip:vivekg@chair-dnrc.example.com', display: '' });
      expect(tagOf(message.one(to))).toBe('1918181833n');
      expect(message.one(from)).toMatchObject({ display: 'J Rosenberg \\"', uri: 'sip:jdrosen@example.com' });
      expect(tagOf(message.one(from))).toBe('98asjd8');
      expect(message.one(maxForwards)).toBe(68);
      expect(message.one(cseq)).toEqual({ number: 9, method: 'INVITE' });
      expect(message.text('subject')).toBe('');
      expect(message.text('newfangledheader')).toBe('newfangled value continued newfangled value');
      expect(message.text('unknownheaderwithunusualvalue')).toBe(';;,,;;,;');
      expect(message.all(via).map(({ transport, host }) => `${transport} ${host}`)).toEqual([
        'UDP 192.0.2.2',
        'TCP spindle.example.com',
        'UDP 192.168.255.111',
      ]);
      expect(message.all(via).map(branchOf)).toEqual([undefined, 'z9hG4bK9ikj8', 'z9hG4bK30239']);
      const [hop] = message.all(route);
      expect(hop && readSip(hop.uri).parameters).toEqual([
        { name: 'lr', value: undefined },
        { name: 'unknownwith', value: 'value' },
        { name: 'unknown-no-value', value: undefined },
      ]);
      expect(addresses(message)).toEqual([
        {
          display: 'Quoted string ""',
          uri: 'sip:jdrosen@example.com',
          parameters: [
            { name: 'newparam', value: 'newvalue' },
            { name: 'secondparam', value: undefined },
            { name: 'q', value: '0.33' },
          ],
        },
      ]);
      expect(message.body).toHaveLength(150);
    },
  ],
  intmeth: [
    '3.1.1.2',
    (message) => {
      expect(message.method).toBe("!interesting-Method0123456789_*+`.%indeed'~");
      expect(message.one(cseq)).toEqual({ number: 139_122_385, method: message.method });
      expect(readSip(message.uri)).toMatchObject({
        user: "1_unusual.URI~(to-be!sure)&isn't+it$/crazy?,/;;*",
        password: "&it+has=1,weird!*pas$wo~d_too.(doesn't-it)",
        host: 'example.com',
      });
      expect(message.one(to).display).toBe('BEL:\u0007 NUL:\0 DEL:\u007f');
      expect(message.one(from)).toMatchObject({
        display: "token1~` token2'+_ token3*%!.-",
        uri: 'sip:mundane@example.com',
      });
      expect(parameterOf(message.one(from).parameters, "fromParam''~+*_!.-%")).toBe('работающий');
      expect(tagOf(message.one(from))).toBe("_token~1'+`*%!-.");
      expect(message.one(callId)).toBe('intmeth.word%ZK-!.*_+\'@word`~)(><:\\/"][?}{');
      expect(message.one(maxForwards)).toBe(255);
      expect(message.text("extensionheader-!.%*+_`'~")).toBe('\ufeff大停電');
      expect(message.all(via).map(branchOf)).toEqual(["z9hG4bK-.!%66*_+`'~"]);
    },
  ],
  esc01: [
    '3.1.1.3',
    (message) => {
      expect(unescaped(readSip(message.uri).user ?? '')).toBe('sips:user@example.com');
      expect(readSip(message.uri).host).toBe('example.net');
      expect(sameUri(readUri(message.one(to).uri), readUri('sip:user@example.com'))).toBe(true);
      expect(unescaped(readSip(message.one(from).uri).user ?? '')).toBe('I have spaces');
      const [own] = addresses(message).map(({ uri }) => readSip(uri));
      expect(own && unescaped(own.user ?? '')).toBe('caller');
      expect(own && parameterOf(own.parameters, 'lr')).toBe('');
      expect(unescaped((own && parameterOf(own.parameters, 'name')) ?? '')).toBe('value%41');
    },
  ],
  escnull: [
    '3.1.1.4',
    (message) => {
      expect(unescaped(readSip(message.one(to).uri).user ?? '')).toBe('null-\0-null');
      const [one, two] = addresses(message).map(({ uri }) => readSip(uri));
      expect([one, two].map((uri) => unescaped(uri?.user ?? ''))).toEqual(['\0', '\0\0']);
      expect(one && two && sameUri(one, two)).toBe(false);
    },
  ],
  esc02: [
    '3.1.1.5',
    (message) => {
      expect(message.method).toBe('RE%47IST%45R');
      expect([message.one(to).display, message.one(from).display]).toEqual(['%Z%45', '%Z%45']);
      expect(addresses(message).map(({ uri }) => uri)).toEqual([
        'sip:alias1@host1.example.com',
        'sip:alias3@host3.example.com',
      ]);
      expect(message.text('c%6fntact')).toBe('<sip:alias2@host2.example.com>');
    },
  ],
  lwsdisp: [
    '3.1.1.6',
    (message) => expect(message.one(from)).toMatchObject({ display: 'caller', uri: 'sip:caller@example.com' }),
  ],
  longreq: [
    '3.1.1.7',
    (message) => {
      expect(message.one(to).display).toBe(`I have a user name of ${'extreme'.repeat(10)} proportion`);
      expect(readSip(message.one(to).uri)).toMatchObject({ user: 'user', host: 'example.com', port: 6000 });
      expect(tagOf(message.one(from))).toBe(`12${'982'.repeat(50)}424`);
      expect(message.one(callId)).toBe(`longreq.one${'really'.repeat(20)}longcallid`);
      expect(message.all(via)).toHaveLength(34);
      expect(message.first(via)).toMatchObject({ host: 'sip33.example.com' });
      expect(message.all(via).at(-1)).toMatchObject({ host: 'host.example.com' });
    },
  ],
  dblreq: [
    '3.1.1.8',
    (message) => {
      expect(message.method).toBe('REGISTER');
      expect(message.body).toHaveLength(0);
    },
  ],
  semiuri: [
    '3.1.1.9',
    (message) => {
      const { user = '', host, parameters } = readSip(message.uri);
      expect([unescaped(user), host, parameters]).toEqual(['user;par=u@example.net', 'example.com', []]);
      expect(message.all(accept).map(({ value }) => value)).toEqual([
        'application/sdp',
        'application/pkcs7-mime',
        'multipart/mixed',
        'multipart/signed',
        'message/sip',
        'message/sipfrag',
      ]);
    },
  ],
  transports: [
    '3.1.1.10',
    (message) =>
      expect(message.all(via).map(({ transport }) => transport)).toEqual(['UDP', 'SCTP', 'TLS', 'UNKNOWN', 'TCP']),
  ],
  mpart01: [
    '3.1.1.11',
    (message) => {
      expect(message.body).toHaveLength(553);
      expect(message.body).toContain(0);
      expect(message.one(contentType).value).toBe('multipart/mixed');
      expect(parameterOf(message.one(contentType).parameters, 'boundary')).toBe('7a9cbec02ceef655');
      expect(message.first(via)?.parameters.at(-1)).toEqual({ name: 'rport', value: undefined });
      expect(message.one(date)).toBe(Date.UTC(2005, 9, 15, 4, 44, 56));
    },
  ],
  // It may be rejected, but should not be where the date is of no use: only who reads it is told.
  baddate: ['3.1.2.12', (message) => expect(() => message.one(date)).toThrow(expect.objectContaining({ status: 400 }))],
  // It falls back to the identifier of RFC 2543.
  badbranch: ['3.2.1', (message) => expect(message.all(via).map(branchOf)).toEqual([undefined])],
  unkscm: [
    '3.3.2',
    (message) => {
      expect(message.target).toEqual({ scheme: 'nobodyknowsthisscheme', rest: 'totallyopaquecontent' });
      expect(() => readSip(message.uri)).toThrow(expect.objectContaining({ status: 416 }));
    },
  ],
  novelsc: [
    '3.3.3',
    (message) => {
      expect(message.target).toEqual({ scheme: 'soap.beep', rest: '//192.0.2.103:3002' });
      expect(() => readSip(message.uri)).toThrow(expect.objectContaining({ status: 416 }));
    },
  ],
  unksm2: [
    '3.3.4',
    (message) => {
      expect(readUri(message.one(to).uri)).toEqual({ scheme: 'isbn', rest: '2983792873' });
      expect(message.one(from)).toMatchObject({ uri: 'http://www.example.com' });
      expect(addresses(message).map(({ uri }) => isSip(readUri(uri)))).toEqual([false]);
    },
  ],
  bext01: [
    '3.3.5',
    (message) => {
      expect(message.all(require)).toEqual(['nothingSupportsThis', 'nothingSupportsThisEither']);
      expect(message.all(proxyRequire)).toEqual(['noProxiesSupportThis', 'norDoAnyProxiesSupportThis']);
    },
  ],
  invut: ['3.3.6', (message) => expect(message.one(contentType).value).toBe('application/unknownformat')],
  regaut01: ['3.3.7', (message) => expect(message.text('authorization')).toBe('NoOneKnowsThisScheme opaque-data=here')],
  zeromf: ['3.3.11', (message) => expect(message.one(maxForwards)).toBe(0)],
  cparam01: [
    '3.3.12',
    (message) => {
      const [own] = addresses(message);
      expect(own?.parameters).toEqual([{ name: 'unknownparam', value: undefined }]);
      expect(readSip(own?.uri ?? '').parameters).toEqual([]);
    },
  ],
  cparam02: [
    '3.3.13',
    (message) => {
      const [own] = addresses(message);
      expect(own?.parameters).toEqual([]);
      expect(readSip(own?.uri ?? '').parameters).toEqual([{ name: 'unknownparam', value: undefined }]);
    },
  ],
  regescrt: [
    '3.3.14',
    (message) => expect(readSip(addresses(message)[0]?.uri ?? '').headers).toBe('Route=%3Csip:sip.example.com%3E'),
  ],
  sdp01: [
    '3.3.15',
    (message) => expect(message.all(accept).map(({ value }) => value)).toEqual(['text/nobodyknowsthis']),
  ],
  inv2543: [
    '3.4.1',
    (message) => {
      expect(message.all(via).map(branchOf)).toEqual([undefined]);
      expect(tagOf(message.one(from))).toBeUndefined();
      expect(message.optional(maxForwards)).toBeUndefined();
      expect(message.body).toHaveLength(105);
      expect(message.all(recordRoute)).toHaveLength(1);
    },
  ],
};

const validResponses: Readonly<Record<string, readonly [string, Check<SipResponse>]>> = {
  unreason: [
    '3.1.1.12',
    (message) =>
      expect([message.status, message.reason]).toEqual([200, '= 2**3 * 5**2 но сто девяносто девять - простое']),
  ],
  noreason: ['3.1.1.13', (message) => expect([message.status, message.reason]).toEqual([100, ''])],
  // Well-formed: not to send it to the broadcast address is the transport's care.
  bcast: ['3.3.10', (message) => expect(message.all(via)[1]?.host).toBe('255.255.255.255')],
};

/** By name: section, status, and what the reason says. */
const invalidRequests: Readonly<Record<string, readonly [string, number, string]>> = {
  badinv01: ['3.1.2.1', 400, 'Malformed via'],
  clerr: ['3.1.2.2', 400, 'Body shorter than Content-Length'],
  ncl: ['3.1.2.3', 400, 'Malformed content-length'],
  scalar02: ['3.1.2.4', 400, 'Malformed cseq'],
  quotbal: ['3.1.2.6', 400, 'Malformed to'],
  ltgtruri: ['3.1.2.7', 400, 'Malformed URI'],
  lwsruri: ['3.1.2.8', 400, 'Malformed URI'],
  lwsstart: ['3.1.2.9', 400, 'Malformed URI'],
  trws: ['3.1.2.10', 400, 'Malformed URI'],
  escruri: ['3.1.2.11', 400, 'Headers in Request-URI'],
  regbadct: ['3.1.2.13', 400, 'Malformed contact'],
  badaspec: ['3.1.2.14', 400, 'Malformed to'],
  // In the archive its empty line is missing too.
  baddn: ['3.1.2.15', 400, 'Malformed header field'],
  badvers: ['3.1.2.16', 505, 'Version Not Supported'],
  mismatch01: ['3.1.2.17', 400, 'Method of CSeq differs'],
  mismatch02: ['3.1.2.18', 501, 'Not Implemented'],
  insuf: ['3.3.1', 400, 'Missing from'],
  multi01: ['3.3.8', 400, 'Repeated cseq'],
  mcl01: ['3.3.9', 400, 'Repeated content-length'],
};

/** Responses that are dropped. */
const invalidResponses = { scalarlg: '3.1.2.5', bigcode: '3.1.2.19' };

const names = (table: object): readonly string[] => Object.keys(table);

/** What comes out otherwise than it came in, and how. */
const changed: Readonly<Record<string, (message: string) => string>> = {
  dblreq: (message) => message.slice(0, message.indexOf('INVITE')).replace(/(\r\n)+$/, '\r\n\r\n'),
  inv2543: (message) => message.replace('\r\n\r\n', '\r\nContent-Length: 105\r\n\r\n'),
};

describe('RFC 4475', () => {
  it('baddn is refused also for its display names', () => {
    const whole = Buffer.concat([bytesOf('baddn'), Buffer.from('\r\n')]);
    const message = readDatagram(whole);
    expect(message instanceof SipRequest && faultOf(message)?.message).toBe('Malformed from');
  });

  it('leaves no message out', () => {
    const tested = [validRequests, validResponses, invalidRequests, invalidResponses].flatMap(names);
    const files = readdirSync(folder).filter((name) => name.endsWith('.dat'));
    expect(tested.map((name) => `${name}.dat`).toSorted()).toEqual(files.toSorted());
    expect(tested).toHaveLength(49);
  });

  it.each(names(validRequests))('%s is read', (name) => {
    const message = request(name);
    expect(faultOf(message)).toBeUndefined();
    validRequests[name]?.[1](message);
  });

  it.each(names(validResponses))('%s is read', (name) => {
    const message = response(name);
    expect(isUsable(message)).toBe(true);
    validResponses[name]?.[1](message);
  });

  it.each([...names(validRequests), ...names(validResponses)])('%s comes out as it went in', (name) => {
    const message = readDatagram(bytesOf(name));
    const same = (each: string): string => each;
    expect(message && text(serialise(message))).toBe((changed[name] ?? same)(text(bytesOf(name))));
  });

  it.each(names(invalidRequests))('%s gets its answer', (name) => {
    const message = request(name);
    const [, status, reason] = invalidRequests[name] ?? ['', 0, ''];
    const fault = faultOf(message);
    expect([fault?.status, fault?.message]).toEqual([status, reason]);
    const answer = readDatagram(serialise(respond(message, { status }, 'tag')));
    expect(answer).toBeInstanceOf(SipResponse);
    expect(answer?.field('via')?.line).toBe(message.field('via')?.line);
  });

  it('scalarlg is read and dropped', () => {
    expect(isUsable(response('scalarlg'))).toBe(false);
  });

  it('bigcode is no message at all', () => {
    expect(readDatagram(bytesOf('bigcode'))).toBeUndefined();
  });
});

describe('RFC 4475 on a stream', () => {
  const read = (name: string): readonly string[] => {
    const heard: string[] = [];
    const framer = new Framer(
      {
        message: (message) => void heard.push(isRequest(message) ? message.method : String(message.status)),
        ping: () => void heard.push('ping'),
        pong: () => void heard.push('pong'),
      },
      { head: 65_536, body: 65_536 },
    );
    try {
      framer.push(bytesOf(name));
      return [...heard, `${framer.held} held`];
    } catch (error) {
      if (!(error instanceof FrameError)) throw error;
      return [...heard, `${error.status} ${error.head?.field('call-id')?.value}`];
    }
  };

  it.each([
    ['ncl', ['400 ncl.0ha0isndaksdj2193423r542w35']],
    ['mcl01', ['400 mcl01.fhn2323orihawfdoa3o4r52o3irsdf']],
    ['inv2543', ['400 inv2543.1717@ift.client.example.com']],
    ['clerr', ['498 held']],
    ['mpart01', ['MESSAGE', '0 held']],
    ['multi01', ['INVITE', '0 held']],
    // On a stream the spurious noise is a message, with more body than it says.
    ['dblreq', ['REGISTER', 'pong', 'INVITE', '400 undefined']],
  ])('%s', (name, heard) => {
    expect(read(name)).toEqual(heard);
  });
});
