// XEP-0115 §5: the specification's own verification strings, and what must not be verified.
import { createHash } from 'node:crypto';
import { parseDocument } from '@parlance/xml/document';
import { el } from '@parlance/xml/element';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { namespaces } from '../namespaces.ts';
import { capabilitiesElement, hashNamed, readCapabilities, verificationText } from './xep-0115.caps.ts';

const ver = (text: string | undefined): string =>
  createHash('sha1')
    .update(text ?? '')
    .digest('base64');

const query = (inner: string): ReturnType<typeof parseDocument> =>
  parseDocument(`<query xmlns='http://jabber.org/protocol/disco#info'>${inner}</query>`);

const exodus = `<identity category='client' type='pc' name='Exodus 0.9.1'/>
  <feature var='http://jabber.org/protocol/muc'/><feature var='http://jabber.org/protocol/disco#items'/>
  <feature var='http://jabber.org/protocol/caps'/><feature var='http://jabber.org/protocol/disco#info'/>`;

const psiForm = `<x xmlns='jabber:x:data' type='result'>
    <field var='FORM_TYPE' type='hidden'><value>urn:xmpp:dataforms:softwareinfo</value></field>
    <field var='ip_version' type='text-multi'><value>ipv6</value><value>ipv4</value></field>
    <field var='software_version'><value>0.11</value></field>
    <field var='os'><value>Mac</value></field><field var='os_version'><value>10.5.1</value></field>
    <field var='software'><value>Psi</value></field>
  </x>`;

const psi = `<identity xml:lang='en' category='client' name='Psi 0.11' type='pc'/>
  <identity xml:lang='el' category='client' name='Ψ 0.11' type='pc'/>
  <feature var='http://jabber.org/protocol/caps'/><feature var='http://jabber.org/protocol/disco#info'/>
  <feature var='http://jabber.org/protocol/disco#items'/><feature var='http://jabber.org/protocol/muc'/>`;

test('the simple example (§5.2)', () => {
  expect(ver(verificationText(query(exodus)))).toBe('QgayPKawpkPSDYmwT/WM94uAlu0=');
});

test('the complex example, in any order (§5.3)', () => {
  expect(ver(verificationText(query(psi + psiForm)))).toBe('q07IKJEyjvHSyhy//CH0CxmKi8w=');
  expect(ver(verificationText(query(psiForm + psi)))).toBe('q07IKJEyjvHSyhy//CH0CxmKi8w=');
});

test('forms without a hidden FORM_TYPE are passed over (§5.4, 3.6)', () => {
  const plain = "<x xmlns='jabber:x:data' type='result'><field var='a'><value>b</value></field></x>";
  expect(verificationText(query(exodus + plain))).toBe(verificationText(query(exodus)));
});

test('ill-formed results have no text (§5.4, 3.3–3.5)', () => {
  expect(verificationText(query(`${exodus}<feature var='http://jabber.org/protocol/muc'/>`))).toBeUndefined();
  expect(
    verificationText(query(`${exodus}<identity category='client' type='pc' name='Exodus 0.9.1'/>`)),
  ).toBeUndefined();
  expect(verificationText(query(psi + psiForm + psiForm))).toBeUndefined();
  const twice = psiForm.replace('</value></field>', '</value><value>other</value></field>');
  expect(verificationText(query(psi + twice))).toBeUndefined();
});

test('a factor with < in it is not verified (§9.2)', () => {
  const poison = "<identity category='client' type='pc' name='Exodus 0.9.1&lt;http://jabber.org/protocol/caps'/>";
  expect(verificationText(query(poison))).toBeUndefined();
  const literal = "<identity category='client' type='pc' name='&amp;lt;'/>";
  expect(verificationText(query(literal))).toBe('client/pc//&lt;<');
});

test('features sort by the octets of UTF-8, whatever their order (§5.1)', () => {
  fc.assert(
    fc.property(
      fc.uniqueArray(
        fc.string({ unit: 'binary' }).filter((text) => !text.includes('<')),
        { maxLength: 8 },
      ),
      (names) => {
        const info = el(
          'query',
          namespaces.discoInfo,
          {},
          ...names.map((name) => el('feature', namespaces.discoInfo, { var: name })),
        );
        const sorted = names.toSorted((a, b) => Buffer.compare(Buffer.from(a), Buffer.from(b)));
        expect(verificationText(info)).toBe(sorted.map((name) => `${name}<`).join(''));
      },
    ),
  );
});

test('the annotation is read as it is written, and bounded (§4)', () => {
  const presence = (c: ReturnType<typeof el>): ReturnType<typeof el> => el('presence', namespaces.client, {}, c);
  const exodusCaps = { hash: 'sha-1', node: 'http://code.google.com/p/exodus', ver: 'QgayPKawpkPSDYmwT/WM94uAlu0=' };
  expect(readCapabilities(presence(capabilitiesElement(exodusCaps)))).toEqual(exodusCaps);
  expect(readCapabilities(presence(el('c', namespaces.caps, { node: 'n', ver: 'v' })))).toEqual({
    hash: '',
    node: 'n',
    ver: 'v',
  });
  expect(readCapabilities(presence(el('c', namespaces.caps, { hash: 'sha-1', node: 'n' })))).toBeUndefined();
  expect(readCapabilities(presence(capabilitiesElement({ ...exodusCaps, ver: 'x'.repeat(257) })))).toBeUndefined();
  expect(readCapabilities(el('presence', namespaces.client))).toBeUndefined();
  expect(hashNamed('sha-1')).toBe('SHA-1');
  expect(hashNamed('md5')).toBeUndefined();
});
