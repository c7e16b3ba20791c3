// Forged server-owned elements vanish, every copy; everything else of a stanza stays (checklist 25, XEP-0359 §4, XEP-0203 §5).
import { type Element, el, equal } from '@parlance/xml/element';
import { namespaces } from '@parlance/xmpp/namespaces';
import { expect, test } from 'vitest';
import { clean } from './clean.ts';

const { client, sid, delay, carbons, mam } = namespaces;
const isLocal = (domain: string): boolean => domain === 'capulet.example' || domain === 'montague.example';
const message = (...children: readonly Element[]): Element =>
  el('message', client, {}, el('body', client, {}, 'hi'), ...children);
const left = (...children: readonly Element[]): number => clean(message(...children), isLocal).children.length - 1;

const id = (by: string | undefined): Element => el('stanza-id', sid, { id: '1', by });
const delayed = (from: string | undefined): Element => el('delay', delay, { from, stamp: '2002-09-10T23:08:25Z' });

test('ids and delays in the name of any of our domains, in any spelling, are removed', () => {
  for (const jid of [
    'capulet.example',
    'CAPULET.example',
    'juliet@capulet.example',
    'romeo@montague.example/orchard',
    'montague.example/x',
    undefined,
    '',
    '@',
  ]) {
    expect(left(id(jid), id(jid))).toBe(0);
    expect(left(delayed(jid))).toBe(0);
  }
});

test("those of other servers' entities stay", () => {
  for (const jid of ['room@chat.shakespeare.example', 'capulet.example.org'])
    expect(left(id(jid), delayed(jid))).toBe(2);
});

test('a delay that the sender says of himself stays, and nothing else in his name (XEP-0198 §4)', () => {
  const juliet = 'juliet@capulet.example';
  const from = `${juliet}/balcony`;
  const kept = (child: Element): boolean => clean(message(child).withAttrs({ from }), isLocal).children.length === 2;
  for (const jid of [juliet, from, `${juliet}/chamber`, 'Juliet@Capulet.example']) {
    expect(kept(delayed(jid))).toBe(true);
    expect(kept(id(jid))).toBe(false);
  }
  for (const jid of ['capulet.example', 'nurse@capulet.example', 'juliet@montague.example', undefined, ''])
    expect(kept(delayed(jid))).toBe(false);
});

test('copies and archive results are removed whoever they name', () => {
  const names: readonly [string, string][] = [
    ['received', carbons],
    ['sent', carbons],
    ['result', mam],
  ];
  for (const [name, ns] of names) expect(left(el(name, ns), el(name, ns))).toBe(0);
  expect(left(el('private', carbons), el('received', namespaces.receipts), el('origin-id', sid, { id: '1' }))).toBe(3);
});

test('at any depth, and what is around them stays', () => {
  const forged = el('received', carbons, {}, el('private', carbons));
  const around = (...inside: readonly Element[]): Element =>
    message(el('a', 'urn:example:a', { b: 'c' }, 'x', el('d', 'urn:example:a', {}, ...inside), 'y'));
  expect(equal(clean(around(forged, id('capulet.example'), forged), isLocal), around())).toBe(true);
  const honest = around(id('elsewhere.example'));
  expect(clean(honest, isLocal)).toBe(honest);
});
