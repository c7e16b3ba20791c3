// RFC 7572 §4, §5, §7, §8 and RFC 7573 §5, §6 by their examples; text survives the way there and back; hostile markup.
import { readCpim } from '@parlance/sip/documents/cpim';
import { readNotificationRequest, writeImdn } from '@parlance/sip/documents/imdn';
import { readIsComposing, writeIsComposing } from '@parlance/sip/documents/is-composing';
import type { SipRequest } from '@parlance/sip/message';
import { serialise } from '@parlance/sip/serialise';
import { readRequest } from '@parlance/sip/testing/messages';
import { parseDocument } from '@parlance/xml/document';
import { type Element, el } from '@parlance/xml/element';
import { storedLimits } from '@parlance/xml/limits';
import { escapeAttr, serialise as write } from '@parlance/xml/serialise';
import { namespaces } from '@parlance/xmpp/namespaces';
import { readChatState } from '@parlance/xmpp/wire/xep-0085.chatstates';
import { asksForReceipt, readReceipt } from '@parlance/xmpp/wire/xep-0184.receipts';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { textOfHtml } from './html.ts';
import { sipOfStanza } from './message-to-sip.ts';
import { stanzaOfSip } from './message-to-xmpp.ts';

const ns = namespaces.client;
const full = 'juliet@example.com/yn0cl4bnw0yr3vym';
const text = (body: Uint8Array): string => new TextDecoder().decode(body);

/** A stanza as the mailbox keeps it. */
const toSip = (inner: string, attributes = ''): SipRequest | undefined =>
  sipOfStanza(`<message from='${full}' to='romeo@example.net'${attributes}>${inner}</message>`);

const sip = (body: string | Uint8Array, ...lines: readonly string[]): Uint8Array =>
  serialise(
    readRequest(
      'MESSAGE sip:juliet@example.com SIP/2.0',
      'To: sip:juliet@example.com',
      'From: sip:romeo@example.net;tag=vwxyz',
      'Call-ID: 9E97FB43-85F4-4A00-8751-1124FD4C7B2E',
      'CSeq: 1 MESSAGE',
      ...lines,
    ).with({ body: typeof body === 'string' ? new TextEncoder().encode(body) : body }),
  );

const toXmpp = (payload: Uint8Array): Element => parseDocument(stanzaOfSip(payload) ?? '', storedLimits, ns);

describe('XMPP to SIP', () => {
  it('RFC 7572 examples 1 and 2', () => {
    const request = toSip('<body>Art thou not Romeo, and a Montague?</body>');
    expect(request?.uri).toBe('sip:romeo@example.net');
    expect(request?.text('to')).toBe('<sip:romeo@example.net>');
    expect(request?.text('from')).toBe('<sip:juliet@example.com;gr=yn0cl4bnw0yr3vym>');
    expect(request?.text('content-type')).toBe('text/plain;charset=utf-8');
    expect(text(request?.body ?? new Uint8Array())).toBe('Art thou not Romeo, and a Montague?');
  });

  it('table 1: subject, thread, language; no line of a peer becomes a field', () => {
    const inner = '<subject>Hi&#10;Via: x</subject><body>x</body><thread>e0ffe42b 28</thread>';
    const request = toSip(inner, " xml:lang='cs'");
    expect(['subject', 'call-id', 'content-language', 'via'].map((name) => request?.text(name))).toEqual([
      'Hi Via: x',
      'e0ffe42b%2028',
      'cs',
      undefined,
    ]);
  });

  it.each([
    ['active', 'idle'],
    ['inactive', 'idle'],
    ['gone', 'idle'],
    ['composing', 'active'],
    ['paused', 'idle'],
  ])('RFC 7573 §5: %s is %s', (state, expected) => {
    const request = toSip(`<${state} xmlns='http://jabber.org/protocol/chatstates'/>`);
    expect(request?.text('content-type')).toBe('application/im-iscomposing+xml');
    expect(readIsComposing(request?.body ?? new Uint8Array()).state).toBe(expected);
  });

  it('who asks for a receipt asks for a notification, and a receipt is one (RFC 7573 §6, RFC 5438)', () => {
    const asking = toSip("<body>there?</body><request xmlns='urn:xmpp:receipts'/>", " id='bf9m36d5'");
    const cpim = readCpim(asking?.body ?? new Uint8Array());
    expect(readNotificationRequest(cpim)).toEqual({ messageId: 'bf9m36d5', wishes: ['positive-delivery'] });
    expect(text(cpim.content.body)).toBe('there?');
    const back = toXmpp(serialise(asking ?? readRequest('')));
    expect([back.childText('body'), back.attr('id'), asksForReceipt(back)]).toEqual(['there?', 'bf9m36d5', true]);
    const report = toSip("<received xmlns='urn:xmpp:receipts' id='bf9m36d5'/>");
    expect(readReceipt(toXmpp(serialise(report ?? readRequest(''))))).toBe('bf9m36d5');
  });

  it('what has no word in SIP, or no address, is nothing', () => {
    expect(toSip("<x xmlns='urn:example:x'/>")).toBeUndefined();
    expect(sipOfStanza("<message from='example.com' to='a@b.example'><body>x</body></message>")).toBeUndefined();
  });
});

describe('SIP to XMPP', () => {
  it('RFC 7572 examples 4 and 5, and table 2: no type, the call as thread', () => {
    const stanza = toXmpp(
      sip('Neither, fair saint, if either thee dislike.', 'Content-Type: text/plain', 'Subject: s'),
    );
    expect(['from', 'to', 'type'].map((name) => stanza.attr(name))).toEqual([
      'romeo@example.net',
      'juliet@example.com',
      undefined,
    ]);
    expect(['body', 'thread', 'subject'].map((name) => stanza.childText(name))).toEqual([
      'Neither, fair saint, if either thee dislike.',
      '9E97FB43-85F4-4A00-8751-1124FD4C7B2E',
      's',
    ]);
  });

  it('examples 6 and 7: the language', () => {
    const said = 'Nic z obého, má děvo spanilá,\nnenavidíš-li jedno nebo druhé.';
    const stanza = toXmpp(sip(said, 'Content-Type: text/plain', 'Content-Language: cs'));
    expect([stanza.attr('xml:lang'), stanza.childText('body')]).toEqual(['cs', said]);
  });

  it('in another character set, and in none that anybody knows', () => {
    const latin = new Uint8Array([0x67, 0xfc, 0x6e]);
    expect(toXmpp(sip(latin, 'Content-Type: text/plain;charset=iso-8859-1')).childText('body')).toBe('gün');
    expect(toXmpp(sip('ü\u0001', 'Content-Type: text/plain;charset=nobodys')).childText('body')).toBe('ü');
  });

  it.each([
    ['active', 'composing'],
    ['idle', 'active'],
  ] as const)('RFC 7573 §5: %s is %s', (state, expected) => {
    const payload = sip(writeIsComposing({ state }), 'Content-Type: application/im-iscomposing+xml');
    expect(readChatState(toXmpp(payload))).toBe(expected);
  });

  it('a notification of delivery is a receipt; that of display is none', () => {
    const report = (kind: 'delivery' | 'display', status: string): Uint8Array =>
      sip(
        writeImdn({ messageId: 'm1', disposition: { kind, status } as Parameters<typeof writeImdn>[0]['disposition'] }),
        'Content-Type: message/imdn+xml',
      );
    expect(readReceipt(toXmpp(report('delivery', 'delivered')))).toBe('m1');
    expect(readReceipt(toXmpp(report('display', 'displayed')))).toBeUndefined();
  });

  it('what cannot be read is nothing; messages in messages end', () => {
    expect(stanzaOfSip(new Uint8Array([1, 2, 3]))).toBeUndefined();
    expect(stanzaOfSip(sip('x', 'Content-Type: application/im-iscomposing+xml'))).toBeUndefined();
    const deep = `${'From: <im:a@b>\r\n\r\nContent-Type: message/cpim\r\n\r\n'.repeat(100)}x`;
    expect(toXmpp(sip(deep, 'Content-Type: message/cpim')).childText('body')).toBeUndefined();
  });
});

describe('HTML', () => {
  it.each([
    ['<p>one<br/>two</p>', 'one\ntwo'],
    ['<html><head><title>t</title></head><body>x</body></html>', 'x'],
    ['<script>alert("<b>1</b>")</script>a<style>b{}</style>', 'a'],
    ['&lt;script&gt;&amp;amp;&#39;&#x201c;', "<script>&amp;'\u201c"],
    ['1 < 2 and 3 > 2', '1 < 2 and 3 > 2'],
    ['a<!-- <b> -->c', 'ac'],
    ['&#xD800;&#0;&#x110000;x', 'x'],
    ['no end <b', 'no end'],
    ['<script>never closed', ''],
  ])('%s', (html, words) => {
    expect(textOfHtml(html)).toBe(words);
  });

  it('costs what its length is', () => {
    const time = (html: string): number => {
      const begin = performance.now();
      textOfHtml(html);
      return performance.now() - begin;
    };
    for (const piece of ['<', '<a', '<!--', '<script>', '<script', '</', '&#', '<a <b>'])
      expect([piece, time(piece.repeat(100_000)) < 2_000]).toEqual([piece, true]);
  });

  it('is always a stanza that can be read, whatever it was', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (html) => {
        const stanza = toXmpp(sip(html, 'Content-Type: text/html'));
        expect(stanza.child('body')).toBeDefined();
      }),
    );
  });
});

it('law: text survives the way to SIP and back', () => {
  const unit = fc.string({ unit: 'grapheme', minLength: 1 }).filter((word) => !/[\p{Cc}\p{Cn}]/u.test(word));
  fc.assert(
    fc.property(unit, fc.boolean(), (body, asks) => {
      const children = [el('body', ns, {}, body), ...(asks ? [el('request', 'urn:xmpp:receipts')] : [])];
      const stanza = el('message', ns, { from: full, to: 'romeo@example.net', id: 'i' }, ...children);
      const request = sipOfStanza(write(stanza, ns));
      const back = toXmpp(serialise(request ?? readRequest('')));
      expect([back.childText('body'), back.attr('from'), back.attr('to')]).toEqual([body, full, 'romeo@example.net']);
    }),
  );
});

it('a text that would end an attribute does not', () => {
  const request = toSip('<body>x</body>', ` id='${escapeAttr("'><evil/>")}'`);
  expect(request?.text('call-id')).toBe(encodeURIComponent("'><evil/>"));
});
