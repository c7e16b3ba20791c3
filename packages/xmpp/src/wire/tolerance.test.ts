// Readers take whatever a peer writes: no element, however wrong, makes one throw; what is written is read again as it was (DESIGN §3).
import { type Element, el, type XmlNode } from '@parlance/xml/element';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { namespaces } from '../namespaces.ts';
import { readStanzaError, stanzaError } from '../stanza-error.ts';
import { presenceType, readPresenceLevel } from './rfc-6121.presence.ts';
import { readRosterItem, readRosterSet, rosterItem, rosterQuery } from './rfc-6121.roster.ts';
import { formOf, readForm, submission } from './xep-0004.forms.ts';
import { lastActivity, readLastActivity } from './xep-0012.last-activity.ts';
import { infoElement, itemElement, itemsElement, readInfo, readItems } from './xep-0030.disco.ts';
import { photoElement, photoOf } from './xep-0054.vcard.ts';
import { pageReport, pageRequest, readPageReport, readPageRequest } from './xep-0059.rsm.ts';
import { eventElement, readEvent, readItems as readPublished } from './xep-0060.pubsub.ts';
import { readRegistration, registrationFields } from './xep-0077.registration.ts';
import { readAvatarData, readAvatarMetadata } from './xep-0084.avatar.ts';
import { chatState, readChatState } from './xep-0085.chatstates.ts';
import { capabilitiesElement, readCapabilities, verificationText } from './xep-0115.caps.ts';
import { photoHashOf, withPhotoHash } from './xep-0153.vcard-avatar.ts';
import { asksForReceipt, readReceipt, receipt } from './xep-0184.receipts.ts';
import { blocking, readBlocking } from './xep-0191.blocking.ts';
import { delayElement, readDelay } from './xep-0203.delay.ts';
import { readCarbon } from './xep-0280.carbons.ts';
import { forwarded, readForwarded } from './xep-0297.forwarding.ts';
import {
  archiveQuery,
  finElement,
  metadataElement,
  readArchiveQuery,
  readArchiveResult,
  readFin,
  readMetadata,
} from './xep-0313.archive.ts';
import { displayed, isMarkable, readDisplayed } from './xep-0333.markers.ts';
import { preferencesElement, readPreferences } from './xep-0441.preferences.ts';

const { client } = namespaces;
const message = (...children: readonly Element[]): Element =>
  el('message', client, { from: 'a@b.example/c', to: 'd@e.example', id: '1' }, ...children);
const copied = (child: Element): Element => message(el('received', namespaces.carbons, {}, child));

/** One sound element of each kind, from which damage starts. */
const sound: readonly Element[] = [
  stanzaError(message(el('body', client, {}, 'x')), 'item-not-found'),
  el('presence', client, { type: 'subscribe' }, el('priority', client, {}, '5'), el('show', client, {}, 'away')),
  rosterQuery(
    [rosterItem({ jid: 'a@b.example', name: 'A', subscription: 'both', ask: false, approved: true, groups: ['g'] })],
    'v',
  ),
  submission('urn:x', { a: 'b', c: ['d', 'e'] }),
  lastActivity({ seconds: 9, status: 'gone' }),
  infoElement({ identities: [{ category: 'client', type: 'pc' }], features: ['urn:a'], forms: [] }),
  itemsElement([itemElement({ jid: 'a@b.example', node: 'n', name: 'N' })]),
  el('vCard', namespaces.vcard, {}, photoElement({ type: 'image/png', data: 'aGk=' })),
  el(
    'query',
    client,
    {},
    pageRequest({ max: 10, before: '' }),
    pageReport({ first: 'a', last: 'b', index: 0, count: 2 }),
  ),
  eventElement('n', { kind: 'items', items: [] }),
  registrationFields('bill', 'Calliope'),
  el(
    'metadata',
    namespaces.avatarMetadata,
    {},
    el('info', namespaces.avatarMetadata, { bytes: '1', id: 'a', type: 'image/png' }),
  ),
  message(chatState('composing'), receipt('1'), displayed('2'), delayElement({ from: 'b.example', time: 0 })),
  withPhotoHash(el('presence', client, {}, capabilitiesElement({ hash: 'sha-1', node: 'n', ver: 'v' })), 'abc'),
  blocking('block', ['a@b.example']),
  copied(forwarded({ stanza: message(), time: 0 })),
  archiveQuery({ queryId: 'q', page: { max: 5, after: 'a', before: undefined, index: undefined }, start: 0 }),
  finElement({ complete: true, page: { count: 3 } }),
  metadataElement({ start: { id: 'a', time: 0 }, end: { id: 'b', time: 1 } }),
  preferencesElement({ byDefault: 'roster', always: [{ local: 'a', domain: 'b.example', resource: '' }], never: [] }),
  message(el('result', namespaces.mam, { id: '9' }, forwarded({ stanza: message(), time: 0 }))),
];

const readers: Readonly<Record<string, (element: Element) => unknown>> = {
  readStanzaError,
  presenceType,
  readPresenceLevel,
  readRosterItem,
  readRosterSet: (element) => readRosterSet(element, { name: 1_023, groups: 16 }),
  readForm,
  formOf,
  readLastActivity,
  readInfo,
  readItems,
  photoOf,
  readPageRequest,
  readPageReport,
  readPublished,
  readEvent,
  readRegistration,
  readAvatarData,
  readAvatarMetadata,
  readChatState,
  readCapabilities,
  verificationText,
  photoHashOf,
  asksForReceipt,
  readReceipt,
  readBlocking,
  readDelay,
  readCarbon: (element) => readCarbon(element, 'a@b.example'),
  readForwarded,
  readArchiveQuery,
  readArchiveResult,
  readFin,
  readMetadata,
  isMarkable,
  readDisplayed,
  readPreferences,
};

const strings = fc.oneof(
  fc.string(),
  fc.string({ unit: 'binary' }),
  fc.constantFrom(
    '',
    '0',
    '-1',
    '1e999',
    '99999999999999999999',
    'true',
    'NaN',
    '2002-02-30T00:00:00Z',
    '@/',
    '__proto__',
    'constructor',
  ),
);

/** One wound: at the `place`-th element of the tree, counted in the order of the text. */
const wound = fc.record({
  place: fc.nat({ max: 12 }),
  kind: fc.constantFrom('attribute', 'text', 'drop', 'double', 'rename', 'move'),
  key: strings,
  value: strings,
});

type Wound = { readonly place: number; readonly kind: string; readonly key: string; readonly value: string };

const wounded = (element: Element, { kind, key, value }: Wound): Element => {
  const at = value.length % Math.max(1, element.children.length);
  const attributes = element.attrs.filter((_, index) => index % 2 === 0);
  if (kind === 'attribute')
    return element.withAttrs({ [attributes[key.length % Math.max(1, attributes.length)] ?? key]: value });
  if (kind === 'text') return element.withChildren([value]);
  if (kind === 'drop') return element.withChildren(element.children.filter((_, index) => index !== at));
  if (kind === 'double') return element.withChildren([...element.children, ...element.children]);
  if (kind === 'rename') return el(key, element.ns, {}, ...element.children);
  return el(element.name, value, {}, ...element.children);
};

const wounding = (root: Element, one: Wound): Element => {
  let left = one.place;
  const visit = (node: XmlNode): XmlNode => {
    if (typeof node === 'string') return node;
    if (left-- === 0) return wounded(node, one);
    return node.withChildren(node.children.map(visit));
  };
  return visit(root) as Element;
};

const everywhere = (element: Element): readonly Element[] => [element, ...element.elements().flatMap(everywhere)];

describe.each(Object.entries(readers))('%s', (_, read) => {
  it('throws for nothing', () => {
    fc.assert(
      fc.property(fc.constantFrom(...sound), fc.array(wound, { maxLength: 5 }), (start, wounds) => {
        for (const element of everywhere(wounds.reduce(wounding, start))) expect(() => read(element)).not.toThrow();
      }),
      { numRuns: fc.readConfigureGlobal().numRuns ?? 50 },
    );
  });
});
