// XEP-0060 §7: requests, events and errors as the specification writes them.
import { parseDocument } from '@parlance/xml/document';
import { el } from '@parlance/xml/element';
import { serialise } from '@parlance/xml/serialise';
import { expect, test } from 'vitest';
import { namespaces } from '../namespaces.ts';
import { submission } from './xep-0004.forms.ts';
import {
  eventElement,
  itemsElement,
  itemsRequest,
  type PubsubEvent,
  publishRequest,
  pubsub,
  pubsubError,
  pubsubOwner,
  readEvent,
  readItems,
} from './xep-0060.pubsub.ts';

const tune = el('tune', 'http://jabber.org/protocol/tune', {}, 'Introduction');
const message = (event: ReturnType<typeof el>): ReturnType<typeof el> => el('message', namespaces.client, {}, event);

test('publishing with options (Example 114)', () => {
  const options = submission(namespaces.pubsubPublishOptions, { 'pubsub#access_model': 'presence' });
  expect(serialise(publishRequest('princely_musings', { id: 'ae89', payload: tune }, options))).toBe(
    "<pubsub xmlns='http://jabber.org/protocol/pubsub'><publish node='princely_musings'><item id='ae89'>" +
      "<tune xmlns='http://jabber.org/protocol/tune'>Introduction</tune></item></publish><publish-options>" +
      "<x xmlns='jabber:x:data' type='submit'><field var='FORM_TYPE' type='hidden'>" +
      '<value>http://jabber.org/protocol/pubsub#publish-options</value></field>' +
      "<field var='pubsub#access_model'><value>presence</value></field></x></publish-options></pubsub>",
  );
});

test('asking for items by id, and the answer (Examples 78, 79)', () => {
  expect(serialise(itemsRequest('n', 'a', 'b'))).toBe(
    "<pubsub xmlns='http://jabber.org/protocol/pubsub'><items node='n'><item id='a'/><item id='b'/></items></pubsub>",
  );
  const items = [
    { id: 'a', payload: tune, publisher: 'juliet@capulet.lit' },
    { id: 'b', payload: undefined },
  ];
  expect(readItems(itemsElement('n', items))).toEqual(items);
  expect(pubsub(itemsElement('n', [])).child('items')?.attr('node')).toBe('n');
  expect(pubsubOwner().ns).toBe(namespaces.pubsubOwner);
});

test('an event of the specification is read (XEP-0163 Example 2)', () => {
  const read = readEvent(
    parseDocument(`<message xmlns='jabber:client' from='juliet@capulet.lit' type='headline'>
      <event xmlns='http://jabber.org/protocol/pubsub#event'><items node='http://jabber.org/protocol/tune'>
        <item id='x'><tune xmlns='http://jabber.org/protocol/tune'/></item></items></event></message>`),
  );
  expect(read?.node).toBe('http://jabber.org/protocol/tune');
  expect(read?.event.kind === 'items' && read.event.items[0]?.payload?.name).toBe('tune');
  expect(readEvent(el('message', namespaces.client))).toBeUndefined();
  expect(readEvent(message(el('event', namespaces.pubsubEvent, {}, el('other', namespaces.pubsubEvent))))).toBe(
    undefined,
  );
});

test('every event is read as it was written', () => {
  const form = el('x', namespaces.data, { type: 'result' });
  const events: PubsubEvent[] = [
    { kind: 'items', items: [{ id: 'current', payload: tune }] },
    { kind: 'items', items: [] },
    { kind: 'retract', ids: ['a', 'b'] },
    { kind: 'purge' },
    { kind: 'delete' },
    { kind: 'configuration', form: undefined },
    { kind: 'configuration', form },
    { kind: 'subscription', jid: 'horatio@denmark.lit', state: 'none' },
  ];
  for (const event of events) expect(readEvent(message(eventElement('n', event)))).toEqual({ node: 'n', event });
});

test('errors carry their own condition (Example 106)', () => {
  expect(
    serialise(pubsubError('feature-not-implemented', 'unsupported', { feature: 'publish' }), namespaces.client),
  ).toBe(
    "<error type='cancel'><feature-not-implemented xmlns='urn:ietf:params:xml:ns:xmpp-stanzas'/>" +
      "<unsupported xmlns='http://jabber.org/protocol/pubsub#errors' feature='publish'/></error>",
  );
  expect(pubsubError('conflict', 'precondition-not-met', { type: 'modify' }).attr('type')).toBe('modify');
});
