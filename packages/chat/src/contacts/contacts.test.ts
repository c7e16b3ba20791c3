// People as views show them: the device that speaks for a person, last seen, requests, pictures that are pictures.

import { parseDocument } from '@parlance/xml/document';
import { el } from '@parlance/xml/element';
import { expect, test } from 'vitest';
import { announcedForm, pepAvatar, readVcardPhoto } from './avatar.ts';
import { contactOf, contactsOf } from './contacts.ts';
import { mayImitate } from './look-alike.ts';
import { readPresence } from './presence.ts';
import { nobody, type People, withDevice, withItem, withoutDevice, withRequest } from './state.ts';

const romeo = 'romeo@montague.lit';

const item = (subscription: 'none' | 'both') =>
  ({ jid: romeo, name: '', subscription, ask: false, approved: false, groups: [] }) as const;

const presence = (content: string) =>
  readPresence(parseDocument(`<presence xmlns='jabber:client'>${content}</presence>`));

const known = withItem(nobody, item('both'));

test('the highest priority speaks for the person, then the most available (RFC 6121 §4.7)', () => {
  let people = withDevice(known, romeo, 'phone', presence('<show>away</show><status>Walking</status>'));
  expect(contactOf(people, romeo)).toMatchObject({ availability: 'away', status: 'Walking' });
  people = withDevice(people, romeo, 'desk', presence('<show>dnd</show><priority>5</priority>'));
  expect(contactOf(people, romeo)).toMatchObject({ availability: 'busy', status: '' });
  people = withoutDevice(people, romeo, 'desk', 1);
  expect(contactOf(people, romeo)).toMatchObject({ availability: 'away' });
});

test('last seen is the last device going, never earlier again', () => {
  let people = withDevice(known, romeo, 'phone', presence(''));
  people = withoutDevice(people, romeo, 'phone', 2_000);
  people = withoutDevice(people, romeo, 'phone', 1_000);
  expect(contactOf(people, romeo)).toMatchObject({ availability: 'offline', lastSeen: 2_000 });
});

test('a flood of devices and of requests is bounded', () => {
  let people: People = known;
  for (let n = 0; n < 300; n++) {
    people = withDevice(people, romeo, `bot${n}`, presence(''));
    people = withRequest(people, `bot${n}@spam.example`, 'x'.repeat(1_000));
  }
  expect(people.devices.get(romeo)?.size).toBe(32);
  expect(people.requests.size).toBe(200);
  expect([...people.requests.values()][0]).toHaveLength(300);
});

test('a request is answered once the contact may see us', () => {
  const asked = withRequest(nobody, romeo, '');
  expect(contactsOf(asked, undefined).requests).toHaveLength(1);
  expect(contactsOf(withItem(asked, item('both')), undefined).requests).toHaveLength(0);
});

test('contacts that have not changed stay the same objects', () => {
  const before = contactsOf(known, undefined);
  const after = contactsOf(withRequest(known, 'a@b', ''), before);
  expect(after.all.get(romeo)).toBe(before.all.get(romeo));
});

test('a picture is a small one, of a kind that runs nothing (XEP-0153 §4)', () => {
  const vcard = (type: string, content: string) =>
    el(
      'vCard',
      'vcard-temp',
      {},
      el('PHOTO', 'vcard-temp', {}, el('TYPE', 'vcard-temp', {}, type), el('BINVAL', 'vcard-temp', {}, content)),
    );
  expect(readVcardPhoto(vcard('image/png', 'aGk=\n'), 'h')).toEqual({ hash: 'h', type: 'image/png', base64: 'aGk=' });
  expect(readVcardPhoto(vcard('image/svg+xml', 'aGk='), 'h')).toBeUndefined();
  expect(readVcardPhoto(vcard('image/png', 'a'.repeat(200_000)), 'h')).toBeUndefined();
  expect(readVcardPhoto(vcard('image/png', '"><script>'), 'h')).toBeUndefined();
});

test('of the forms of an avatar we take one that we can draw, and that its owner keeps himself (XEP-0084 §4.2.1)', () => {
  const form = (id: string, type: string, bytes: number) => ({ id, type, bytes });
  const forms = [
    { ...form('AA', 'image/png', 9), url: 'https://tracker.example/' },
    form('BB', 'image/svg+xml', 9),
    form('CC', 'image/png', 98_305),
    form('DD', 'image/webp', 98_304),
    form('EE', 'image/png', 9),
  ];
  expect(announcedForm(forms)).toEqual({ hash: 'dd', type: 'image/webp' });
  expect(announcedForm(forms.slice(0, 3))).toBeUndefined();
  expect(announcedForm([])).toBeUndefined();
});

test('a picture may be larger than it was said to be, but not than we draw', () => {
  expect(pepAvatar('h', 'image/png', new Uint8Array(98_304))?.base64).toHaveLength(131_072);
  expect(pepAvatar('h', 'image/png', new Uint8Array(98_305))).toBeUndefined();
  expect(pepAvatar('h', 'image/svg+xml', new Uint8Array(9))).toBeUndefined();
});

test('nobody is called or says what reads differently from what it is', () => {
  const named = withItem(nobody, { ...item('both'), name: 'Romeo \u202egpj.exe' });
  const people = withDevice(named, romeo, 'phone', presence('<status>\u202dAway</status>'));
  expect(contactOf(people, romeo)).toMatchObject({ name: 'Romeo \ufffdgpj.exe', status: '\ufffdAway' });
});

test.each([
  ['r\u043emeo@montague.lit', true],
  ['p\u03b1ris@verona.lit', true],
  ['romeo@montague.lit', false],
  ['\u0430\u043d\u043d\u0430@verona.lit', false],
  ['anna@v\u0435rona.lit', true],
  ['李白li@tang.example', false],
])('%s may imitate another: %s', (address, may) => {
  expect(mayImitate(address)).toBe(may);
});
