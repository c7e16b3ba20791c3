// XEP-0030 §3, §4: answers of service discovery, with the examples of the specification.
import { parseDocument } from '@parlance/xml/document';
import { el, equal } from '@parlance/xml/element';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { namespaces } from '../namespaces.ts';
import { infoElement, itemElement, itemsElement, nodeOf, readInfo, readItems } from './xep-0030.disco.ts';

test('the information of an account is written as the specification writes it (Example 6)', () => {
  const written = infoElement({
    identities: [{ category: 'account', type: 'registered' }],
    features: [namespaces.discoInfo],
    forms: [],
  });
  const example = parseDocument(
    `<query xmlns='http://jabber.org/protocol/disco#info'><identity category='account' type='registered'/>` +
      `<feature var='http://jabber.org/protocol/disco#info'/></query>`,
  );
  expect(equal(written, example)).toBe(true);
});

test('items are read, and what is none is left out (Example 12)', () => {
  const query = parseDocument(`<query xmlns='http://jabber.org/protocol/disco#items' node='music'>
    <item jid='people.shakespeare.lit' name='Directory of Characters'/>
    <item jid='catalog.shakespeare.lit' node='books'/><item name='nothing'/><other jid='a.example'/></query>`);
  expect(nodeOf(query)).toBe('music');
  expect(readItems(query)).toEqual([
    { jid: 'people.shakespeare.lit', name: 'Directory of Characters' },
    { jid: 'catalog.shakespeare.lit', node: 'books' },
  ]);
});

test('what is written is read again', () => {
  const text = fc.string();
  const identity = fc.record({ category: text, type: text, name: text }, { requiredKeys: ['category', 'type'] });
  const item = fc.record({ jid: text, node: text, name: text }, { requiredKeys: ['jid'] });
  const forms = [el('x', namespaces.data, { type: 'result' })];
  fc.assert(
    fc.property(fc.array(identity), fc.array(text), fc.array(item), text, (identities, features, items, node) => {
      const info = infoElement({ identities, features, forms }, node);
      expect(readInfo(info)).toEqual({ identities, features, forms });
      expect(nodeOf(info)).toBe(node);
      expect(readItems(itemsElement(items.map(itemElement), node))).toEqual(items);
    }),
  );
});
