// What is written is read again as it was, whatever it says.
import { el } from '@parlance/xml/element';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import {
  addressHeader,
  type CpimHeader,
  type CpimMessage,
  cpimAddresses,
  cpimHeader,
  cpimTime,
  readCpim,
  timeHeader,
  writeCpim,
} from './cpim.ts';
import { type DialogInfo, readDialogInfo, writeDialogInfo } from './dialog-info.ts';
import { notificationHeaders, readImdn, readNotificationRequest, writeImdn } from './imdn.ts';
import { readIsComposing, writeIsComposing } from './is-composing.ts';
import { type ListMetadata, readListMetadata, writeListMetadata } from './list-metadata.ts';
import { type MessageSummary, readMessageSummary, writeMessageSummary } from './message-summary.ts';
import { type Rule, readPresenceRules, writePresenceRules } from './presence-rules.ts';
import { type RegistrationInfo, readRegistrationInfo, writeRegistrationInfo } from './registration-info.ts';
import { type ListItem, type ResourceList, readResourceLists, writeResourceLists } from './resource-lists.ts';
import { readWatcherInfo, type WatcherInfo, writeWatcherInfo } from './watcher-info.ts';

const encode = (text: string): Uint8Array => new TextEncoder().encode(text);

/** Text that XML can hold, without white space at its ends, and not empty. */
const text = fc
  .string({ unit: 'binary', minLength: 1, maxLength: 20 })
  // biome-ignore lint/suspicious/noControlCharactersInRegex: these are the characters that XML forbids
  .map((each) => `x${each.replaceAll(/[\u0000-\u001f\u007f\ufffe\uffff\ud800-\udfff]/g, '')}x`);
const maybe = <T>(arbitrary: fc.Arbitrary<T>): fc.Arbitrary<T | undefined> => fc.option(arbitrary, { nil: undefined });
const list = <T>(arbitrary: fc.Arbitrary<T>): fc.Arbitrary<T[]> => fc.array(arbitrary, { maxLength: 3 });
const number = fc.nat();
const time = fc.integer({ min: 0, max: 253_402_300_799_999 });
const state = fc.constantFrom('full' as const, 'partial' as const);
const extensions = list(text.map((said) => el('more', 'urn:example', { said, '{urn:other}by': 'a' }, said)));
const kept = <T>(
  arbitrary: fc.Arbitrary<T>,
  write: (value: T) => Uint8Array,
  read: (body: Uint8Array) => T,
): fc.IProperty<[T]> =>
  fc.property(arbitrary, (value) => {
    expect(read(write(value))).toEqual(value);
  }) as fc.IProperty<[T]>;

test('watcher information', () => {
  const watcher = fc.record({
    id: text,
    uri: text,
    status: fc.constantFrom('pending' as const, 'terminated' as const),
    event: fc.constantFrom('subscribe' as const, 'giveup' as const),
    displayName: maybe(text),
    language: maybe(fc.constant('de')),
    expiration: maybe(number),
    subscribed: maybe(number),
  });
  const lists = list(fc.record({ resource: text, package: fc.constant('presence'), watchers: list(watcher) }));
  fc.assert(kept<WatcherInfo>(fc.record({ version: number, state, lists }), writeWatcherInfo, readWatcherInfo));
});

test('registration information', () => {
  const contact = fc.record({
    id: text,
    uri: text,
    state: fc.constantFrom('active' as const, 'terminated' as const),
    event: fc.constantFrom('created' as const, 'expired' as const),
    expires: maybe(number),
    registered: maybe(number),
    retryAfter: maybe(number),
    q: maybe(fc.constant('0.5')),
    callId: maybe(text),
    cseq: maybe(number),
    displayName: maybe(text),
    parameters: list(fc.record({ name: text, value: text })),
    extensions,
  });
  const registrations = list(
    fc.record({
      aor: text,
      id: text,
      state: fc.constantFrom('init' as const, 'active' as const),
      contacts: list(contact),
    }),
  );
  fc.assert(
    kept<RegistrationInfo>(
      fc.record({ version: number, state, registrations }),
      writeRegistrationInfo,
      readRegistrationInfo,
    ),
  );
});

test('dialog information', () => {
  const named = fc.record({ uri: text, display: maybe(text) });
  const parameters = list(fc.record({ name: text, value: text }));
  const participant = fc.record({ identities: list(named), target: maybe(fc.record({ uri: text, parameters })) });
  const dialog = fc.record({
    id: text,
    callId: maybe(text),
    localTag: maybe(text),
    remoteTag: maybe(text),
    direction: fc.constantFrom(undefined, 'initiator' as const, 'recipient' as const),
    state: fc.constantFrom('trying' as const, 'terminated' as const),
    event: fc.constantFrom(undefined, 'cancelled' as const, 'timeout' as const),
    code: maybe(number),
    duration: maybe(number),
    replaces: maybe(fc.record({ callId: text, localTag: text, remoteTag: text })),
    referredBy: maybe(named),
    local: maybe(participant),
    remote: maybe(participant),
    extensions,
  });
  fc.assert(
    kept<DialogInfo>(
      fc.record({ version: number, state, entity: maybe(text), dialogs: list(dialog) }),
      writeDialogInfo,
      readDialogInfo,
    ),
  );
});

test('list information', () => {
  const names = list(fc.record({ text, language: maybe(fc.constant('en')) }));
  const instance = fc.record({
    id: text,
    state: fc.constantFrom('active' as const, 'terminated' as const),
    reason: maybe(text),
    cid: maybe(text),
  });
  const resources = list(fc.record({ uri: text, names, instances: list(instance) }));
  fc.assert(
    kept<ListMetadata>(
      fc.record({ uri: text, version: number, full: fc.boolean(), cid: maybe(text), names, resources }),
      writeListMetadata,
      readListMetadata,
    ),
  );
});

test('resource lists', () => {
  const { item } = fc.letrec<{ item: ListItem }>((tie) => ({
    item: fc.oneof(
      { maxDepth: 3 },
      fc.record({ kind: fc.constant('entry' as const), uri: text, displayName: maybe(text) }),
      fc.record({ kind: fc.constant('entry-ref' as const), ref: text, displayName: maybe(text) }),
      fc.record({ kind: fc.constant('external' as const), anchor: text, displayName: maybe(text) }),
      fc.record({
        kind: fc.constant('list' as const),
        name: maybe(text),
        displayName: maybe(text),
        items: fc.array(tie('item'), { maxLength: 3 }),
      }),
    ),
  }));
  const lists = list(fc.record({ name: maybe(text), displayName: maybe(text), items: list(item) }));
  fc.assert(kept<readonly ResourceList[]>(lists, writeResourceLists, readResourceLists));
});

test('presence rules', () => {
  const identity = fc.oneof(
    fc.record({ kind: fc.constant('one' as const), id: text }),
    fc.record({
      kind: fc.constant('many' as const),
      domain: maybe(text),
      except: list(fc.record({ id: maybe(text), domain: maybe(text) })),
    }),
  );
  const word = fc.constantFrom('work', 'home');
  const conditions = fc.record({
    identities: maybe(list(identity)),
    spheres: maybe(fc.array(word, { minLength: 1, maxLength: 3 })),
    validity: maybe(list(fc.record({ from: time, until: time }))),
    extensions,
  });
  const handling = fc.constantFrom(undefined, 'block' as const, 'polite-block' as const, 'allow' as const);
  fc.assert(
    kept<readonly Rule[]>(
      list(fc.record({ id: text, conditions, handling, actions: extensions, transformations: extensions })),
      writePresenceRules,
      readPresenceRules,
    ),
  );
});

test('dispositions and composing states', () => {
  const disposition = fc.constantFrom(
    { kind: 'delivery', status: 'delivered' } as const,
    { kind: 'delivery', status: 'failed' } as const,
    { kind: 'display', status: 'displayed' } as const,
    { kind: 'processing', status: 'stored' } as const,
  );
  fc.assert(
    kept(
      fc.record({
        messageId: text,
        time: maybe(time),
        recipient: maybe(text),
        originalRecipient: maybe(text),
        subject: maybe(text),
        disposition,
      }),
      writeImdn,
      readImdn,
    ),
  );
  const composing = fc.constantFrom('active' as const, 'idle' as const);
  fc.assert(
    kept(
      fc.record({ state: composing, lastActive: maybe(time), contentType: maybe(text), refresh: maybe(number) }),
      writeIsComposing,
      readIsComposing,
    ),
  );
});

test('message summaries', () => {
  const count = fc.record({ fresh: number, old: number });
  const summary = fc.record({
    context: fc.constantFrom('voice-message', 'text-message'),
    fresh: number,
    old: number,
    urgent: maybe(count),
  });
  fc.assert(
    kept<MessageSummary>(
      fc.record({ waiting: fc.boolean(), account: maybe(fc.constant('sip:a@b.example')), summaries: list(summary) }),
      writeMessageSummary,
      readMessageSummary,
    ),
  );
});

test('Message/CPIM, escapes and namespaces among it', () => {
  const header: fc.Arbitrary<CpimHeader> = fc.record({
    ns: fc.constantFrom(undefined, 'urn:ietf:params:imdn', 'mid:MessageFeatures@id.foo.com'),
    name: fc.constantFrom('Subject', 'Message-ID', 'Wacky_Option'),
    value: fc.string({ unit: 'binary' }).map((value) => `x${value.replaceAll(/[\ud800-\udfff]/g, '')}\u0007\\x\r\nx`),
    language: fc.constantFrom(undefined, 'fr'),
  });
  const content = fc.record({
    headers: fc.constant([{ name: 'Content-Type', value: 'text/plain; charset=utf-8' }]),
    body: fc.uint8Array(),
  });
  fc.assert(kept<CpimMessage>(fc.record({ headers: list(header), content }), writeCpim, readCpim));
});

test('the message of RFC 3862 §5.1', () => {
  const message = readCpim(
    encode(
      [
        'From: MR SANDERS <im:piglet@100akerwood.com>',
        'To: Depressed Donkey <im:eeyore@100akerwood.com>',
        'DateTime: 2000-12-13T13:40:00-08:00',
        'Subject: the weather will be fine today',
        "Subject:;lang=fr beau temps prevu pour aujourd'hui",
        'NS: MyFeatures <mid:MessageFeatures@id.foo.com>',
        'Require: MyFeatures.VitalMessageOption',
        'MyFeatures.VitalMessageOption: Confirmation-requested',
        'MyFeatures.WackyMessageOption: Use-silly-font',
        '',
        'Content-type: text/xml; charset=utf-8',
        'Content-ID: <1234567890@foo.com>',
        '',
        '<body>',
        'Here is the text of my message.',
        '</body>',
        '',
      ].join('\r\n'),
    ),
  );
  expect(cpimAddresses(message, 'From')).toEqual([{ name: 'MR SANDERS', uri: 'im:piglet@100akerwood.com' }]);
  expect(cpimTime(message)).toBe(Date.parse('2000-12-13T21:40:00Z'));
  expect(message.headers[4]).toEqual({ name: 'Subject', value: "beau temps prevu pour aujourd'hui", language: 'fr' });
  expect(cpimHeader(message, 'WackyMessageOption', 'mid:MessageFeatures@id.foo.com')).toBe('Use-silly-font');
  expect(message.content.headers).toHaveLength(2);
  expect(new TextDecoder().decode(message.content.body)).toContain('Here is the text');
});

test('a message that asks for notifications, as RFC 5438 §7.1.1.3 has it: without an empty line', () => {
  const message = readCpim(
    encode(
      [
        'From: Alice <im:alice@example.com>',
        'To: Bob <im:bob@example.com>',
        'NS: imdn <urn:ietf:params:imdn>',
        'imdn.Message-ID: 34jk324j',
        'DateTime: 2006-04-04T12:16:49-05:00',
        'imdn.Disposition-Notification: positive-delivery, negative-delivery, read',
        'Content-type: text/plain',
        'Content-length: 12',
        '',
        'Hello World\n',
      ].join('\r\n'),
    ),
  );
  expect(readNotificationRequest(message)).toEqual({
    messageId: '34jk324j',
    wishes: ['positive-delivery', 'negative-delivery'],
  });
  expect(message.content.headers.map(({ name }) => name)).toEqual(['Content-type', 'Content-length']);
  expect(new TextDecoder().decode(message.content.body)).toBe('Hello World\n');
});

test('a message is put together as phones expect it', () => {
  const headers = [
    addressHeader('From', { uri: 'sip:a@b.example', name: 'A' }),
    timeHeader(0),
    ...notificationHeaders({ messageId: 'm1', wishes: ['positive-delivery', 'display'] }),
  ];
  const content = { headers: [{ name: 'Content-Type', value: 'text/plain' }], body: encode('hi') };
  expect(new TextDecoder().decode(writeCpim({ headers, content }))).toBe(
    'From: A <sip:a@b.example>\r\nDateTime: 1970-01-01T00:00:00Z\r\nNS: imdn <urn:ietf:params:imdn>\r\nimdn.Message-ID: m1\r\n' +
      'imdn.Disposition-Notification: positive-delivery, display\r\n\r\nContent-Type: text/plain\r\n\r\nhi',
  );
});
