// People without a connection; their pictures, fetched when somebody looks, from where they are announced, once (XEP-0084, 0153).
import { FakeClock } from '@parlance/testkit/fake-clock';
import { parseDocument } from '@parlance/xml/document';
import { el } from '@parlance/xml/element';
import { namespaces } from '@parlance/xmpp/namespaces';
import { photoElement } from '@parlance/xmpp/wire/xep-0054.vcard';
import { ConnectionLost } from '@parlance/xmpp-client/errors';
import { beforeEach, expect, test } from 'vitest';
import { playedLine } from '../testing/played-line.ts';
import { People } from './people.ts';

const romeo = 'romeo@montague.lit';
const roster = [{ jid: romeo, name: '', subscription: 'both', ask: false, approved: false, groups: [] }] as const;

/** What the line is asked, in words. */
let asked: string[];
let isLost: boolean;

/** A line on which only pictures and vCards are asked for. */
const line = playedLine({
  request: (_, payload, to = '') => {
    asked.push(`${payload.name} of ${to}`);
    const photo = photoElement({ type: 'image/png', data: 'dmNhcmQ=' });
    return Promise.resolve(el('vCard', namespaces.vcard, {}, photo));
  },
  picture: (owner, hash) => {
    asked.push(`${hash} of ${owner}`);
    return isLost ? Promise.reject(new ConnectionLost()) : Promise.resolve(new TextEncoder().encode(hash));
  },
});

let clock: FakeClock;
let people: People;

beforeEach(() => {
  [asked, isLost] = [[], false];
  clock = new FakeClock();
  people = new People('juliet@capulet.lit', clock);
  people.begin(line, roster);
});

const presence = (photo: string): void =>
  people.heard(
    parseDocument(
      `<presence xmlns='jabber:client' from='${romeo}/orchard'><x xmlns='vcard-temp:x:update'>${photo}</x></presence>`,
    ),
  );

test('an announced picture is fetched when somebody looks, and once', async () => {
  people.pictureAnnounced(romeo, { hash: 'aa', type: 'image/png' });
  expect(people.contact(romeo).avatar).toBeUndefined();
  expect(asked).toEqual([]);
  await Promise.all([people.lookUpPicture(romeo), people.lookUpPicture(romeo)]);
  await people.lookUpPicture(romeo);
  expect(asked).toEqual([`aa of ${romeo}`]);
  expect(people.contact(romeo).avatar).toEqual({ hash: 'aa', type: 'image/png', base64: 'YWE=' });
});

test('a picture that only presence tells of comes from the vCard; an empty one is none (XEP-0153 §4.2)', async () => {
  presence('<photo>bb</photo>');
  await people.lookUpPicture(romeo);
  expect(asked).toEqual([`vCard of ${romeo}`]);
  expect(people.contact(romeo).avatar).toMatchObject({ hash: 'bb', base64: 'dmNhcmQ=' });
  presence('');
  expect(people.contact(romeo).avatar).toBeDefined();
  presence('<photo/>');
  expect(people.contact(romeo)).toMatchObject({ avatar: undefined, picture: undefined });
});

test('what eventing says holds against presence, until it says that there is none', async () => {
  people.pictureAnnounced(romeo, { hash: 'aa', type: 'image/png' });
  presence('<photo>bb</photo>');
  presence('<photo/>');
  await people.lookUpPicture(romeo);
  expect(people.contact(romeo).avatar?.hash).toBe('aa');
  people.pictureAnnounced(romeo, undefined);
  expect(people.contact(romeo)).toMatchObject({ avatar: undefined, picture: undefined });
});

test('a picture that changed meanwhile is not shown for the new one', async () => {
  people.pictureAnnounced(romeo, { hash: 'aa', type: 'image/png' });
  const old = people.lookUpPicture(romeo);
  people.pictureAnnounced(romeo, { hash: 'cc', type: 'image/png' });
  await old;
  expect(people.contact(romeo).avatar).toBeUndefined();
  await people.lookUpPicture(romeo);
  expect(people.contact(romeo).avatar?.hash).toBe('cc');
});

test('what could not be fetched is announced anew by a new stream; what was fetched stays', async () => {
  people.pictureAnnounced(romeo, { hash: 'aa', type: 'image/png' });
  isLost = true;
  await people.lookUpPicture(romeo);
  const { picture } = people.contact(romeo);
  await people.lookUpPicture(romeo);
  expect(asked).toHaveLength(1);
  isLost = false;
  people.begin(line, roster);
  expect(people.contact(romeo).picture).not.toBe(picture);
  await people.lookUpPicture(romeo);
  const fetched = people.contact(romeo);
  expect(fetched.avatar?.hash).toBe('aa');
  people.begin(line, roster);
  expect(people.contact(romeo).picture).toBe(fetched.picture);
});

test('nobody outside the list is believed, and nothing is kept of who is removed', async () => {
  people.pictureAnnounced('tybalt@capulet.lit', { hash: 'aa', type: 'image/png' });
  expect(people.contact('tybalt@capulet.lit').picture).toBeUndefined();
  people.pictureAnnounced(romeo, { hash: 'aa', type: 'image/png' });
  await people.lookUpPicture(romeo);
  people.pushed({ ...roster[0] }, true);
  expect(people.contact(romeo)).toMatchObject({ avatar: undefined, picture: undefined });
});

test('without a connection nothing is done, and whoever wanted it is told', async () => {
  const stranger = 'tybalt@capulet.lit';
  people.heard(parseDocument(`<presence xmlns='jabber:client' from='${stranger}' type='subscribe'/>`));
  people.end();
  for (const attempt of [
    people.add(stranger, ''),
    people.rename(romeo, 'Romeo'),
    people.remove(romeo),
    people.block(romeo),
    people.unblock(romeo),
  ])
    await expect(attempt).rejects.toThrow(ConnectionLost);
  people.accept(stranger);
  people.refuse(stranger);
  clock.turn();
  expect(people.contacts.snapshot()).toMatchObject({ requests: [{ address: stranger }], blocked: [] });
});
