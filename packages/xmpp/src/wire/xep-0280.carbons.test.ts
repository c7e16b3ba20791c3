// XEP-0280 §7–11, XEP-0297 §3, XEP-0203 §2: copies are read as the specification writes them, and forgeries are none.
import { parseDocument } from '@parlance/xml/document';
import { type Element, el, equal } from '@parlance/xml/element';
import { serialise } from '@parlance/xml/serialise';
import { expect, test } from 'vitest';
import { namespaces } from '../namespaces.ts';
import { delayElement, readDelay } from './xep-0203.delay.ts';
import { carbonsSwitch, privateMark, readCarbon } from './xep-0280.carbons.ts';
import { forwarded, readForwarded } from './xep-0297.forwarding.ts';

const inner = `<message xmlns='jabber:client' from='juliet@capulet.example/balcony' to='romeo@montague.example/garden' type='chat'>
  <body>What man art thou</body></message>`;

const example = (direction: string, from: string): Element =>
  parseDocument(`<message xmlns='jabber:client' from='${from}' to='romeo@montague.example/home' type='chat'>
    <${direction} xmlns='urn:xmpp:carbons:2'><forwarded xmlns='urn:xmpp:forward:0'>${inner}</forwarded></${direction}></message>`);

test('a received and a sent copy (Examples 10, 13)', () => {
  for (const direction of ['received', 'sent'] as const) {
    const carbon = readCarbon(example(direction, 'romeo@montague.example'), 'romeo@montague.example');
    expect(carbon?.direction).toBe(direction);
    expect(carbon?.message.childText('body')).toBe('What man art thou');
    expect(carbon).not.toHaveProperty('time');
  }
});

test('a copy from anybody but the own account is none (§11)', () => {
  for (const from of ['tybalt@capulet.example', 'romeo@montague.example/garden', 'montague.example'])
    expect(readCarbon(example('received', from), 'romeo@montague.example')).toBeUndefined();
});

test('what is no copy is none', () => {
  expect(readCarbon(parseDocument(inner), 'juliet@capulet.example')).toBeUndefined();
  const empty = el('message', namespaces.client, {}, el('received', namespaces.carbons), privateMark);
  expect(readCarbon(empty, 'romeo@montague.example')).toBeUndefined();
});

test('the switch (Examples 3, 6)', () => {
  expect([carbonsSwitch(true), carbonsSwitch(false)].map((element) => serialise(element))).toEqual([
    "<enable xmlns='urn:xmpp:carbons:2'/>",
    "<disable xmlns='urn:xmpp:carbons:2'/>",
  ]);
});

test('a forwarded stanza keeps its time (XEP-0297 Example 2)', () => {
  const stanza = parseDocument(inner);
  const parent = el('report', 'x', {}, forwarded({ stanza, time: Date.UTC(2010, 6, 10, 23, 8, 25) }));
  const read = readForwarded(parent);
  expect(read?.time).toBe(Date.UTC(2010, 6, 10, 23, 8, 25));
  expect(read !== undefined && equal(read.stanza, stanza)).toBe(true);
});

test('a delay without a stamp is none', () => {
  const time = Date.UTC(2002, 8, 10, 23, 8, 25);
  expect(readDelay(el('m', 'x', {}, delayElement({ from: 'capulet.example', time })))).toEqual({
    from: 'capulet.example',
    time,
  });
  expect(readDelay(el('m', 'x', {}, delayElement({ time })))).toEqual({ time });
  expect(readDelay(el('m', 'x', {}, el('delay', namespaces.delay, { stamp: 'yesterday' })))).toBeUndefined();
});
