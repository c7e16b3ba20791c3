// Every example document of the RFCs is read, and says the same after it was written by us.
import { readdirSync, readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { SipError } from '../error.ts';
import { readPresence } from '../presence/read.ts';
import { writePresence } from '../presence/write.ts';
import { readDialogInfo, writeDialogInfo } from './dialog-info.ts';
import { readImdn, writeImdn } from './imdn.ts';
import { readIsComposing, writeIsComposing } from './is-composing.ts';
import { readListMetadata, writeListMetadata } from './list-metadata.ts';
import { readMessageSummary, writeMessageSummary } from './message-summary.ts';
import { readPresenceRules, writePresenceRules } from './presence-rules.ts';
import { readRegistrationInfo, writeRegistrationInfo } from './registration-info.ts';
import { readListServices, readResourceLists, writeListServices, writeResourceLists } from './resource-lists.ts';
import { readWatcherInfo, writeWatcherInfo } from './watcher-info.ts';

const folder = new URL('../../fixtures/documents/', import.meta.url);
const bytesOf = (name: string): Uint8Array => new Uint8Array(readFileSync(new URL(name, folder)));

/** A document twice read, once from what we wrote of it. */
const twice =
  <T>(read: (body: Uint8Array) => T, write: (value: T) => Uint8Array) =>
  (body: Uint8Array): readonly [T, T] => {
    const first = read(body);
    return [first, read(write(first))];
  };

const codecs: Readonly<Record<string, (body: Uint8Array) => readonly [unknown, unknown]>> = {
  presence: twice(readPresence, writePresence),
  watcherinfo: twice(readWatcherInfo, writeWatcherInfo),
  reginfo: twice(readRegistrationInfo, writeRegistrationInfo),
  'dialog-info': twice(readDialogInfo, writeDialogInfo),
  list: twice(readListMetadata, writeListMetadata),
  'resource-lists': twice(readResourceLists, writeResourceLists),
  'rls-services': twice(readListServices, writeListServices),
  ruleset: twice(readPresenceRules, writePresenceRules),
  imdn: twice(readImdn, writeImdn),
  isComposing: twice(readIsComposing, writeIsComposing),
  summary: twice(readMessageSummary, writeMessageSummary),
};

/** Misprints of the RFCs: an attribute with one quote too many, an element that is closed twice. */
const misprinted = new Set(['rfc4662-2-list.xml', 'rfc4235-17-dialog-info.xml']);

const names = readdirSync(folder).filter((name) => !name.endsWith('.sdp'));

test('the examples are there', () => {
  expect(names).toHaveLength(69);
});

test.each(names.filter((name) => !misprinted.has(name)))('%s', (name) => {
  const kind = /^rfc\d+-\d+-(.+)\.xml$/.exec(name)?.[1] ?? 'summary';
  const [read, written] = codecs[kind]?.(bytesOf(name)) ?? [];
  expect(read).toBeDefined();
  expect(written).toEqual(read);
});

test('examples with misprints are refused', () => {
  expect(() => readListMetadata(bytesOf('rfc4662-2-list.xml'))).toThrow(SipError);
  expect(() => readDialogInfo(bytesOf('rfc4235-17-dialog-info.xml'))).toThrow(SipError);
});

test('watchers of RFC 3858 §5', () => {
  const { version, state, lists } = readWatcherInfo(bytesOf('rfc3858-1-watcherinfo.xml'));
  expect({ version, state, resource: lists[0]?.resource }).toEqual({
    version: 0,
    state: 'full',
    resource: 'sip:professor@example.net',
  });
  expect(lists[0]?.watchers).toEqual([
    { id: '8ajksjda7s', uri: 'sip:userA@example.net', status: 'active', event: 'approved', subscribed: 509 },
    {
      id: 'hh8juja87s997-ass7',
      uri: 'sip:userB@example.org',
      status: 'pending',
      event: 'subscribe',
      displayName: 'Mr. Subscriber',
    },
  ]);
});

test('a dialog of RFC 4235 §4.2', () => {
  const sample = readDialogInfo(bytesOf('rfc4235-4-dialog-info.xml')).dialogs[0];
  expect(sample?.local?.identities).toEqual([{ uri: 'sip:alice@example.com', display: 'Alice' }]);
  expect(sample?.local?.target?.parameters).toEqual([
    { name: 'isfocus', value: 'true' },
    { name: 'class', value: 'personal' },
  ]);
  expect(sample).toMatchObject({ id: '123456', state: 'confirmed', duration: 274 });
});

test('rules of RFC 5025 §6', () => {
  const [rule] = readPresenceRules(bytesOf('rfc5025-1-ruleset.xml'));
  expect(rule?.conditions.identities).toEqual([{ kind: 'one', id: 'sip:user@example.com' }]);
  expect(rule?.handling).toBe('allow');
  expect(rule?.transformations.map(({ name }) => name)).toEqual([
    'provide-services',
    'provide-persons',
    'provide-activities',
    'provide-user-input',
    'provide-unknown-attribute',
  ]);
});

test('a rule whose identity cannot be read is never for more people (RFC 4745 §7)', () => {
  const body = (identity: string): Uint8Array =>
    new TextEncoder().encode(
      `<ruleset xmlns="urn:ietf:params:xml:ns:common-policy"><rule id="a"><conditions><identity>${identity}</identity></conditions></rule></ruleset>`,
    );
  const kinds = (identity: string): readonly (string | undefined)[] =>
    readPresenceRules(body(identity)).flatMap(({ conditions }) => conditions.identities?.map(({ kind }) => kind));
  expect(kinds('<many domain="example.com"><except id="sip:a@example.com"/></many>')).toEqual(['many']);
  expect(kinds('<some/><many><except-list xmlns="urn:example"/></many>')).toEqual(['other', 'other']);
  expect(() => kinds('<one/>')).toThrow(SipError);
});

test('nested lists of RFC 4826 §3.3', () => {
  const [friends] = readResourceLists(bytesOf('rfc4826-1-resource-lists.xml'));
  expect(friends?.items.map(({ kind }) => kind)).toEqual(['entry', 'entry-ref', 'list']);
  const close = friends?.items[2];
  expect(close?.kind === 'list' ? close.items.map(({ displayName }) => displayName) : []).toEqual([
    'Joe Smith',
    'Nancy Gross',
    'Marketing',
  ]);
});

test('services of RFC 4826 §4.3 name a list or hold one', () => {
  const [first, second] = readListServices(bytesOf('rfc4826-2-rls-services.xml'));
  expect(typeof first?.list).toBe('string');
  expect(second?.packages).toEqual(['presence']);
  expect(typeof second?.list === 'object' ? second.list.items : []).toEqual([
    { kind: 'entry', uri: 'sip:joe@example.com' },
    { kind: 'entry', uri: 'sip:sudhir@example.com' },
  ]);
});

test('counts of RFC 3842 §3.5, larger ones as the largest', () => {
  const body = new TextEncoder().encode(
    'Messages-Waiting: yes\r\nFax-Message: 2/99999999999\r\nVoice-Message: 1/3 (0/1)\r\n',
  );
  expect(readMessageSummary(body)).toEqual({
    waiting: true,
    summaries: [
      { context: 'fax-message', fresh: 2, old: 4_294_967_295 },
      { context: 'voice-message', fresh: 1, old: 3, urgent: { fresh: 0, old: 1 } },
    ],
  });
});

test('composing states of RFC 3994 §5; an unknown one is idle', () => {
  expect(readIsComposing(bytesOf('rfc3994-1-isComposing.xml'))).toEqual({
    state: 'active',
    contentType: 'text/plain',
    refresh: 90,
  });
  const body = '<isComposing xmlns="urn:ietf:params:xml:ns:im-iscomposing"><state>dreaming</state></isComposing>';
  expect(readIsComposing(new TextEncoder().encode(body)).state).toBe('idle');
});
