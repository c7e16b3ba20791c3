// RFC 7247 §6.4 and §6.5 by their tables; a user survives both ways, also one that looks like an escape (XEP-0106 §4).
import { isSip, readUri, unescaped } from '@parlance/sip/uri';
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { jidOfSip, localOfUser, sipOfJid } from './addresses.ts';

it.each([
  ['sip:f%C3%BC@sip.example', 'fü@sip.example'],
  ["sip:o'malley@sip.example", 'o\\27malley@sip.example'],
  ['sip:foo@sip.example;gr=bar', 'foo@sip.example/bar'],
  ['sips:a%2Fb@sip.example', 'a\\2fb@sip.example'],
])('§6.4: %s is %s', (uri, jid) => {
  expect(jidOfSip(uri)).toBe(jid);
});

it.each([
  ['m\\26m@xmpp.example', 'sip:m&m@xmpp.example'],
  ['tschüss@xmpp.example', 'sip:tsch%C3%BCss@xmpp.example'],
  ['baz@xmpp.example/qux', 'sip:baz@xmpp.example;gr=qux'],
])('§6.5: %s is %s', (jid, uri) => {
  expect(sipOfJid(jid)).toBe(uri);
});

it('what is nobody is no address', () => {
  expect(['tel:+4930', 'sip:sip.example', 'mailto:a@b.example'].map(jidOfSip)).toEqual([
    undefined,
    undefined,
    undefined,
  ]);
  expect(['xmpp.example', '@'].map(sipOfJid)).toEqual([undefined, undefined]);
});

it('law: a user is the same after the way to a local part and back', () => {
  const unit = fc.constantFrom('a', '\\', '2', '0', '5', 'c', '7', "'", '@', '/', ' ', 'ü', '&');
  const users = fc.string({ unit, minLength: 1 }).filter((user) => user.trim() === user);
  fc.assert(
    fc.property(users, (user) => {
      const uri = readUri(sipOfJid(`${localOfUser(user)}@xmpp.example`) ?? '');
      expect(isSip(uri) && unescaped(uri.user ?? '')).toBe(user);
    }),
  );
});
