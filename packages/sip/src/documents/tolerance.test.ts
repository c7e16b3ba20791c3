// Whatever bytes come: readers of bodies throw `SipError` 400 or give a value, and take no time to speak of (DESIGN §3).
import { readdirSync, readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { SipError } from '../error.ts';
import { readMultipart } from '../multipart.ts';
import { readPresence } from '../presence/read.ts';
import { readRich, readUserInput } from '../presence/rich.ts';
import { agreedAudio, answerAudio, offerAudio } from '../sdp/audio.ts';
import { readDescription } from '../sdp/description.ts';
import { attributesOf, originOf, payloadTypesOf, rtcpOf } from '../sdp/values.ts';
import { cpimAddresses, cpimTime, readCpim } from './cpim.ts';
import { readDialogInfo } from './dialog-info.ts';
import { readImdn, readNotificationRequest } from './imdn.ts';
import { readIsComposing } from './is-composing.ts';
import { readListMetadata } from './list-metadata.ts';
import { readMessageSummary } from './message-summary.ts';
import { readPresenceRules } from './presence-rules.ts';
import { readRegistrationInfo } from './registration-info.ts';
import { readListServices, readResourceLists } from './resource-lists.ts';
import { readWatcherInfo } from './watcher-info.ts';

const folder = new URL('../../fixtures/documents/', import.meta.url);
const encoder = new TextEncoder();

const mixed = '--b\r\nContent-Type: text/plain\r\n\r\nhello\r\n--b\r\n\r\nthere\r\n--b--\r\n';
const cpim =
  'From: A <im:a@b.example>\r\nDateTime: 2000-12-13T13:40:00-08:00\r\nNS: imdn <urn:ietf:params:imdn>\r\n' +
  'imdn.Message-ID: 1\r\nSubject:;lang=fr beau\r\n\r\nContent-type: text/plain\r\n\r\nhi';

const samples: readonly Uint8Array[] = [
  ...readdirSync(folder).map((name) => new Uint8Array(readFileSync(new URL(name, folder)))),
  encoder.encode(mixed),
  encoder.encode(cpim),
];

const local = {
  id: '1',
  version: 1,
  address: '192.0.2.1',
  port: 4000,
  codecs: ['pcmu', 'pcma'],
  direction: 'sendrecv',
} as const;

const readers: Readonly<Record<string, (body: Uint8Array) => unknown>> = {
  readWatcherInfo,
  readRegistrationInfo,
  readDialogInfo,
  readListMetadata,
  readResourceLists,
  readListServices,
  readPresenceRules,
  readImdn,
  readIsComposing,
  readMessageSummary,
  readPresence: (body) =>
    readPresence(body).persons.map(({ extensions }) => [readRich('activities', extensions), readUserInput(extensions)]),
  readCpim: (body) => {
    const message = readCpim(body);
    return [cpimAddresses(message, 'From'), cpimTime(message), readNotificationRequest(message)];
  },
  readMultipart: (body) =>
    readMultipart({ value: 'multipart/mixed', parameters: [{ name: 'boundary', value: 'b' }] }, body),
  readDescription: (body) => {
    const description = readDescription(body);
    answerAudio(description, local);
    agreedAudio(offerAudio(local), description);
    return description.media.map((section) => [payloadTypesOf(section), attributesOf(section, 'x'), rtcpOf(section)]);
  },
  originOf: (body) => originOf(readDescription(body)),
};

/** Bytes put in place of others: signs that grammars know, or anything. */
const wound = fc.record({
  at: fc.nat({ max: 4_000 }),
  drop: fc.nat({ max: 40 }),
  put: fc.oneof(
    fc.uint8Array({ maxLength: 8 }),
    fc
      .constantFrom(
        '<',
        '>',
        '&',
        '"',
        '<!--',
        '-->',
        ']]>',
        '\r\n',
        '\n',
        ':',
        ';',
        '/',
        ' ',
        '0',
        '-1',
        '9'.repeat(30),
        '=',
      )
      .map((text) => encoder.encode(text)),
  ),
});

type Wound = { readonly at: number; readonly drop: number; readonly put: Uint8Array };

const wounded = (body: Uint8Array, { at, drop, put }: Wound): Uint8Array => {
  const place = at % (body.length + 1);
  return Uint8Array.from([...body.subarray(0, place), ...put, ...body.subarray(place + drop)]);
};

/** What a reader says to a body: nothing, or the error that is documented. */
const complaint = (read: (body: Uint8Array) => unknown, body: Uint8Array): unknown => {
  try {
    read(body);
    return undefined;
  } catch (error) {
    return error instanceof SipError && error.status === 400 ? undefined : error;
  }
};

describe.each(Object.entries(readers))('%s', (_, read) => {
  it('throws nothing but 400', () => {
    fc.assert(
      fc.property(fc.constantFrom(...samples), fc.array(wound, { maxLength: 4 }), (start, wounds) => {
        expect(complaint(read, wounds.reduce(wounded, start))).toBeUndefined();
      }),
      { numRuns: fc.readConfigureGlobal().numRuns ?? 200 },
    );
  });

  it('is quick with hostile bodies', () => {
    const hostile = [
      '<a>'.repeat(20_000),
      '<!--'.repeat(20_000),
      '<!---->'.repeat(20_000),
      `<presence xmlns="urn:ietf:params:xml:ns:pidf" ${'a '.repeat(20_000)}`,
      `v=0\r\no=- 1 1 IN IP4 a\r\nm=audio 1 RTP/AVP ${'0 '.repeat(30_000)}`,
      `v=0\r\no=- 1 1 IN IP4 a\r\nm=audio 1 RTP/AVP 0\r\n${'a=rtpmap:0 a/1\r\n'.repeat(2_000)}`,
      '--b\r\n'.repeat(20_000),
      '--b'.repeat(30_000),
      `a:${';a='.repeat(30_000)}`,
      `Messages-Waiting: yes\r\n${'a: 1/1\r\n'.repeat(10_000)}`,
      `a.${'b'.repeat(15_000)}:${' '.repeat(60_000)}`,
    ].map((text) => encoder.encode(text));
    const begin = performance.now();
    for (const body of hostile) expect(complaint(read, body)).toBeUndefined();
    expect(performance.now() - begin).toBeLessThan(2_000);
  });
});
