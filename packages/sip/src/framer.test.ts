// Frames on a stream: cut anywhere they are the same, kept to their limits, and lost for good when they are in doubt (RFC 3261 §18.3).
import { describe, expect, it } from 'vitest';
import { faultOf } from './check.ts';
import { FrameError, Framer } from './framer.ts';
import { isRequest, type SipMessage } from './message.ts';
import { serialise } from './serialise.ts';

const encode = (text: string): Uint8Array => new TextEncoder().encode(text);
const limits = { head: 65_536, body: 262_144 };

const head = (...fields: readonly string[]): string =>
  `${['MESSAGE sip:b@example.net SIP/2.0', 'Via: SIP/2.0/TCP a.example;branch=z9hG4bK1', ...fields].join('\r\n')}\r\n\r\n`;

interface Ear {
  readonly framer: Framer;
  readonly messages: SipMessage[];
  readonly words: string[];
}

const listen = (): Ear => {
  const messages: SipMessage[] = [];
  const words: string[] = [];
  const framer = new Framer(
    {
      message(message) {
        messages.push(message);
        words.push(isRequest(message) ? `${message.method} ${message.body.length}` : String(message.status));
      },
      ping: () => void words.push('ping'),
      pong: () => void words.push('pong'),
    },
    limits,
  );
  return { framer, messages, words };
};

/** What is heard of these portions; the status of a lost frame last. */
const heard = (...portions: readonly (string | Uint8Array)[]): readonly string[] => {
  const { framer, words } = listen();
  try {
    for (const portion of portions) framer.push(typeof portion === 'string' ? encode(portion) : portion);
  } catch (error) {
    if (!(error instanceof FrameError)) throw error;
    words.push(String(error.status));
  }
  return words;
};

const cuts = (text: string): readonly (readonly [string, string])[] =>
  Array.from({ length: text.length - 1 }, (_, n) => [text.slice(0, n + 1), text.slice(n + 1)] as const);

describe('a stream', () => {
  const two = `${head('Content-Length: 5')}hello${head('l: 0')}`;

  it('gives the same messages wherever it is cut', () => {
    for (const [one, other] of cuts(two)) expect(heard(one, other)).toEqual(['MESSAGE 5', 'MESSAGE 0']);
    expect(heard(...Array.from(two))).toEqual(['MESSAGE 5', 'MESSAGE 0']);
  });

  it('gives each body its own bytes, whatever the caller does with his', () => {
    const { framer, messages } = listen();
    const bytes = encode(two);
    framer.push(bytes);
    bytes.fill(0);
    expect(
      messages
        .map(serialise)
        .map((each) => new TextDecoder().decode(each))
        .join(''),
    ).toBe(two);
    expect(framer.held).toBe(0);
  });

  it('holds no more than what came', () => {
    const { framer } = listen();
    framer.push(encode(head('Content-Length: 262144')));
    expect(framer.held).toBe(encode(head('Content-Length: 262144')).length);
  });
});

describe('keep-alive', () => {
  it('tells a ping from a pong', () => {
    expect(heard('\r\n\r\n')).toEqual(['ping']);
    expect(heard('\r\n')).toEqual(['pong']);
    expect(heard('\r\n\r\n\r\n\r\n', head('l: 0'), '\r\n\r\n')).toEqual(['ping', 'ping', 'MESSAGE 0', 'ping']);
  });

  it('hears a ping wherever it is cut', () => {
    for (const portions of [...cuts('\r\n\r\n'), Array.from('\r\n\r\n')])
      expect(heard(...portions).filter((word) => word === 'ping')).toEqual(['ping']);
    expect(heard(head('l: 0'), '\r\n', `\r\n${head('l: 0')}`)).toEqual([
      'MESSAGE 0',
      'pong',
      'pong',
      'ping',
      'MESSAGE 0',
    ]);
  });

  it('hears every answer to its own', () => {
    expect(heard('\r\n', '\r\n', '\r\n').filter((word) => word === 'pong')).toHaveLength(3);
    expect(heard('\r\n', head('l: 0'), '\r\n')).toEqual(['pong', 'MESSAGE 0', 'pong']);
  });

  it('refuses a lone CR', () => {
    expect(heard('\r', 'x')).toEqual(['400']);
  });
});

describe('checklist 52: a frame in doubt is lost', () => {
  it.each([
    ['missing', []],
    ['empty', ['Content-Length:']],
    ['negative', ['Content-Length: -1']],
    ['signed', ['Content-Length: +5']],
    ['in hexadecimals', ['Content-Length: 0x5']],
    ['a fraction', ['Content-Length: 5.0']],
    ['an exponent', ['Content-Length: 1e1']],
    ['with spaces inside', ['Content-Length: 1 0']],
    ['with a fold inside', ['Content-Length: 1\r\n 0']],
    ['two values', ['Content-Length: 5, 5']],
    ['twice', ['Content-Length: 5', 'Content-Length: 5']],
    ['twice, once in compact form', ['Content-Length: 5', 'l: 0']],
    ['twice in compact form', ['l: 5', 'L: 5']],
    ['twice, behind another field that is there twice', ['From: <sip:a@b>', 'From: <sip:a@b>', 'l: 5', 'l: 0']],
    ['beside a name with white space', ['Content-Length: 5', 'Content Length: 0']],
    ['beside a name with a control', ['Content-Length: 5', 'Content-Length\u0000: 0']],
    ['beside a line without colon', ['Content-Length: 5', 'Content-Length 0']],
    ['behind a bare LF', ['X: y\nContent-Length: 5']],
    ['before a bare LF', ['Content-Length: 5\nX: y']],
    ['behind a bare CR', ['X: y\rContent-Length: 5', 'Content-Length: 0']],
    ['in other digits', ['Content-Length: ٥']],
  ])('%s', (_, fields) => {
    expect(heard(`${head(...fields)}hello`)).toEqual(['400']);
  });

  it.each(['9007199254740993', '4294967296', '18446744073709551616', '9'.repeat(400)])('%s bytes', (length) => {
    expect(heard(head(`Content-Length: ${length}`))).toEqual(['513']);
  });

  it('names what it could read, so that its sender gets an answer', () => {
    const { framer } = listen();
    expect(() => framer.push(encode(head('l: 1', 'l: 2')))).toThrow(
      expect.objectContaining({ head: expect.objectContaining({ method: 'MESSAGE' }) }),
    );
  });

  it('spaces and zeros about the number mean nothing', () => {
    expect(heard(`${head('Content-Length \t:  0005 \t')}hello`)).toEqual(['MESSAGE 5']);
    expect(heard(`${head('Content-Length:\r\n 5')}hello`)).toEqual(['MESSAGE 5']);
  });

  it.each(['\nMESSAGE', ' MESSAGE sip:a SIP/2.0\r\n\r\n', 'GET /\r\n\r\n', 'SIP/2.0 2000 OK\r\n\r\n', '\r\r\n'])(
    '%j is no message',
    (text) => {
      expect(heard(`${text}\r\n\r\n`)).toEqual(['400']);
    },
  );

  it('a head without end is cut off at its limit', () => {
    expect(heard('x'.repeat(65_537))).toEqual(['513']);
    expect(heard(head(`X: ${'x'.repeat(65_536)}`, 'l: 0'))).toEqual(['513']);
    expect(heard(...Array.from({ length: 66 }, () => 'x'.repeat(1000)))).toEqual(['513']);
  });

  it('a body beyond the limit is not waited for', () => {
    expect(heard(head('l: 262145'))).toEqual(['513']);
    expect(heard(head('l: 262144'), 'x'.repeat(262_144))).toEqual(['MESSAGE 262144']);
  });

  it('many messages in one portion are many messages', () => {
    const one = `${head('l: 5')}hello`;
    expect(heard(one.repeat(500))).toHaveLength(500);
  });

  it('what follows the body is the next message, not more of this one', () => {
    const { messages, framer } = listen();
    framer.push(encode(`${head('l: 0')}${head('l: 2', 'Q: smuggled')}ok`));
    expect(messages.map((each) => each.text('q'))).toEqual([undefined, 'smuggled']);
    expect(messages.map((each) => isRequest(each) && faultOf(each)?.message)).toEqual(['Missing from', 'Missing from']);
  });
});

describe('time for a byte at a time', () => {
  /** Milliseconds, the quickest of three. */
  const time = (text: string): number => {
    const bytes = encode(text);
    let best = Number.POSITIVE_INFINITY;
    for (let round = 0; round < 3; round++) {
      const { framer, words } = listen();
      const began = performance.now();
      for (let at = 0; at < bytes.length; at++) framer.push(bytes.subarray(at, at + 1));
      best = Math.min(best, performance.now() - began);
      expect(words).toHaveLength(1);
    }
    return best;
  };

  it.each([
    ['a head', (n: number) => head(`X: ${'x'.repeat(n)}`, 'l: 0'), 65_000],
    ['line ends in a head', (n: number) => head(`X: y${'\r\n y'.repeat(n / 4)}`, 'l: 0'), 65_000],
    ['a body', (n: number) => `${head(`l: ${n}`)}${'x'.repeat(n)}`, 262_144],
  ] as const)('grows with %s, not with its square', (_, shape, most) => {
    const short = time(shape(most / 8));
    const long = time(shape(most));
    // Eight times as long: its square would be 64 times.
    expect(long).toBeLessThan(40 * Math.max(short, 2));
  });
});
