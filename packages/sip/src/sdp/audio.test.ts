// RFC 3264: offers, answers, hold and resume of an audio user agent.
import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, it, test } from 'vitest';
import { agreedAudio, answerAudio, type LocalAudio, offerAudio, redirected } from './audio.ts';
import { readDescription, type SessionDescription, writeDescription } from './description.ts';
import { type Direction, directionOf, mediumOf, originOf, payloadTypesOf } from './values.ts';

const encode = (text: string): Uint8Array => new TextEncoder().encode(text);
const text = (description: SessionDescription | undefined): string =>
  description === undefined ? '' : new TextDecoder().decode(writeDescription(description));
const read = (lines: readonly string[]): SessionDescription =>
  readDescription(encode(lines.map((line) => `${line}\r\n`).join('')));

const alice: LocalAudio = {
  id: '1',
  version: 1,
  address: '192.0.2.1',
  port: 4000,
  codecs: ['pcmu', 'pcma'],
  direction: 'sendrecv',
};
const bob: LocalAudio = { ...alice, id: '2', address: '2001:db8::2', port: 5000, codecs: ['pcma'] };

const head = ['v=0', 'o=- 9 9 IN IP4 198.51.100.1', 's=-', 'c=IN IP4 198.51.100.1', 't=5 6'];

test('an offer says all we can', () => {
  expect(text(offerAudio(alice))).toBe(
    'v=0\r\no=- 1 1 IN IP4 192.0.2.1\r\ns=-\r\nc=IN IP4 192.0.2.1\r\nt=0 0\r\nm=audio 4000 RTP/AVP 0 8 101\r\n' +
      'a=rtpmap:0 PCMU/8000\r\na=rtpmap:8 PCMA/8000\r\na=rtpmap:101 telephone-event/8000\r\na=fmtp:101 0-15\r\n' +
      'a=ptime:20\r\na=sendrecv\r\n',
  );
});

test('two of us agree', () => {
  const offer = offerAudio(alice);
  const answer = answerAudio(offer, bob);
  expect(answer && agreedAudio(offer, answer)).toEqual({
    remote: { family: 'IP6', host: '2001:db8::2' },
    port: 5000,
    codec: 'pcma',
    sending: { codec: 8, events: 101 },
    receiving: { codec: 8, events: 101 },
    direction: 'sendrecv',
  });
  expect(answer && agreedAudio(answer, offer)).toMatchObject({ port: 4000, codec: 'pcma' });
});

test('the offer of RFC 3264 §10.1: audio is taken, both videos are refused in place', () => {
  const offer = readDescription(
    new Uint8Array(readFileSync(new URL('../../fixtures/documents/rfc3264-2.sdp', import.meta.url))),
  );
  const answer = answerAudio(offer, alice);
  expect(answer?.media.map((section) => mediumOf(section))).toEqual([
    { kind: 'audio', port: 4000, protocol: 'RTP/AVP', formats: ['0'] },
    { kind: 'video', port: 0, protocol: 'RTP/AVP', formats: ['31'] },
    { kind: 'video', port: 0, protocol: 'RTP/AVP', formats: ['32'] },
  ]);
  expect(answer && agreedAudio(answer, offer)?.remote.host).toBe('host.anywhere.com');
});

test('an answer keeps the offer’s numbers, order and times; codecs of other rates are not ours', () => {
  const offer = read([
    ...head,
    'm=audio 0 RTP/AVP 0',
    'm=audio 6000 RTP/SAVP 0',
    'm=audio 7000 RTP/AVP 111 96 97 8',
    'a=rtpmap:111 PCMU/16000',
    'a=rtpmap:96 pcmu/8000',
    'a=rtpmap:97 telephone-event/8000',
    'm=audio 8000 RTP/AVP 0',
    'm=application 9 UDP/BFCP *',
  ]);
  const answer = answerAudio(offer, alice);
  expect(answer?.media.map((section) => mediumOf(section).port)).toEqual([0, 0, 4000, 0, 0]);
  expect(answer?.media[2]?.[0]?.value).toBe('audio 4000 RTP/AVP 96 97 8');
  expect(answer?.session.find(({ type }) => type === 't')?.value).toBe('5 6');
  expect(answer && agreedAudio(answer, offer)).toMatchObject({
    codec: 'pcmu',
    sending: { codec: 96, events: 97 },
    receiving: { codec: 96, events: 97 },
  });
});

test.each([
  ['no audio', ['m=video 4000 RTP/AVP 31']],
  ['no codec of ours', ['m=audio 4000 RTP/AVP 9 101', 'a=rtpmap:101 telephone-event/8000']],
  ['secured only', ['m=audio 4000 RTP/SAVP 0']],
  ['refused already', ['m=audio 0 RTP/AVP 0']],
  ['no media', []],
])('nothing to answer: %s', (_, lines) => {
  expect(answerAudio(read([...head, ...lines]), alice)).toBeUndefined();
});

test('checklist 57: no address for the medium, no answer (CVE-2013-5642)', () => {
  const offer = read(['v=0', 'o=- 9 9 IN IP4 198.51.100.1', 's=-', 't=0 0', 'm=audio 4000 RTP/AVP 0']);
  expect(answerAudio(offer, alice)).toBeUndefined();
  expect(agreedAudio(offerAudio(alice), offer)).toBeUndefined();
});

describe('directions (§6.1, §8.4)', () => {
  const answered = (offered: string, wanted: Direction): Direction | undefined => {
    const offer = read([...head, 'm=audio 4000 RTP/AVP 0', `a=${offered}`]);
    const answer = answerAudio(offer, { ...alice, direction: wanted });
    return answer && directionOf(answer, answer.media[0] ?? []);
  };

  it.each([
    ['sendrecv', 'sendrecv', 'sendrecv'],
    ['sendonly', 'sendrecv', 'recvonly'],
    ['recvonly', 'sendrecv', 'sendonly'],
    ['inactive', 'sendrecv', 'inactive'],
    ['sendrecv', 'sendonly', 'sendonly'],
    ['sendonly', 'sendonly', 'inactive'],
  ] as const)('%s to one who wants %s: %s', (offered, wanted, expected) => {
    expect(answered(offered, wanted)).toBe(expected);
  });

  it('the address zero holds, too', () => {
    const offer = read(['v=0', 'o=- 9 9 IN IP4 a', 's=-', 'c=IN IP4 0.0.0.0', 't=0 0', 'm=audio 4000 RTP/AVP 0']);
    const answer = answerAudio(offer, alice);
    expect(answer && agreedAudio(answer, offer)?.direction).toBe('recvonly');
  });

  it('hold and resume are new versions that keep every medium', () => {
    const offer = read([...head, 'm=audio 7000 RTP/AVP 0', 'm=video 4000 RTP/AVP 31']);
    const answer = answerAudio(offer, alice);
    const held = answer && redirected(answer, 'sendonly');
    const resumed = held && redirected(held, 'sendrecv');
    expect(held && originOf(held).version).toBe('2');
    expect(resumed && originOf(resumed).version).toBe('3');
    expect(held?.media.map((section) => mediumOf(section).port)).toEqual([4000, 0]);
    expect(held && directionOf(held, held.media[0] ?? [])).toBe('sendonly');
    const onHold = held && answerAudio(held, bob);
    expect(onHold).toBeUndefined();
    const agreeing = held && answerAudio(held, { ...bob, codecs: ['pcmu'] });
    expect(agreeing && held && agreedAudio(held, agreeing)?.direction).toBe('sendonly');
    expect(text(resumed)).toBe(text(answer).replace('o=- 1 1 ', 'o=- 1 3 '));
  });
});

test('any two of us who share a codec agree on the same one from both sides', () => {
  const codecs = fc.constantFrom<LocalAudio['codecs']>(['pcmu'], ['pcma'], ['pcmu', 'pcma'], ['pcma', 'pcmu']);
  const direction = fc.constantFrom<Direction>('sendrecv', 'sendonly', 'recvonly', 'inactive');
  fc.assert(
    fc.property(codecs, codecs, direction, direction, (one, other, wish, otherWish) => {
      const offer = offerAudio({ ...alice, codecs: one, direction: wish });
      const answer = answerAudio(offer, { ...bob, codecs: other, direction: otherWish });
      expect(answer !== undefined).toBe(one.some((codec) => other.includes(codec)));
      if (answer === undefined) return;
      const reread = readDescription(writeDescription(answer));
      const [mine, theirs] = [agreedAudio(offer, reread), agreedAudio(answer, offer)];
      expect(mine?.codec).toBe(theirs?.codec);
      expect(mine?.sending).toEqual(theirs?.receiving);
      expect(payloadTypesOf(answer.media[0] ?? []).length).toBeGreaterThan(1);
    }),
  );
});
