// RFC 6121 §4.7: types, show and priority, good and bad.
import { parseDocument } from '@parlance/xml/document';
import { serialise } from '@parlance/xml/serialise';
import { describe, expect, it } from 'vitest';
import { namespaces } from '../namespaces.ts';
import { presence, presenceType, readPresenceLevel } from './rfc-6121.presence.ts';

const stanza = (inner: string, attributes = ''): ReturnType<typeof parseDocument> =>
  parseDocument(`<presence xmlns='jabber:client'${attributes}>${inner}</presence>`);

describe('type (§4.7.1)', () => {
  it.each(['unavailable', 'subscribe', 'subscribed', 'unsubscribe', 'unsubscribed', 'probe', 'error'])('%s', (type) => {
    expect(presenceType(stanza('', ` type='${type}'`))).toBe(type);
  });

  it('is available when absent, and never by that name', () => {
    expect(presenceType(stanza(''))).toBe('available');
    expect(presenceType(stanza('', " type='available'"))).toBeUndefined();
    expect(presenceType(stanza('', " type=''"))).toBeUndefined();
  });
});

describe('level (§4.7.2)', () => {
  it('of the example in §4.7.2.3', () => {
    const said = stanza('<show>dnd</show><status>Wooing Juliet</status><priority>1</priority>', " xml:lang='en'");
    expect(readPresenceLevel(said)).toEqual({ show: 'dnd', priority: 1 });
  });

  it('is online with priority zero when nothing is said', () => {
    expect(readPresenceLevel(stanza(''))).toEqual({ show: 'online', priority: 0 });
  });

  it.each(['-128', '127', ' 5\n', '+3'])('takes the priority %j', (text) => {
    expect(readPresenceLevel(stanza(`<priority>${text}</priority>`))?.priority).toBe(Number(text));
  });

  it.each([
    '<priority>128</priority>',
    '<priority>-129</priority>',
    '<priority>high</priority>',
    '<priority>1.5</priority>',
    '<priority/>',
    '<priority>1</priority><priority>2</priority>',
    '<show>busy</show>',
    '<show>online</show>',
    '<show>away</show><show>xa</show>',
  ])('is refused for %s', (inner) => {
    expect(readPresenceLevel(stanza(inner))).toBeUndefined();
  });
});

it('a stanza is built with the type left out when available', () => {
  const attributes = { from: 'romeo@example.net', to: 'juliet@example.com' };
  expect(serialise(presence('available', attributes), namespaces.client)).toBe(
    "<presence from='romeo@example.net' to='juliet@example.com'/>",
  );
  expect(presence('probe', attributes).attr('type')).toBe('probe');
});
