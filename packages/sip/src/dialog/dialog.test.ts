// Dialogs as RFC 3261 §12 describes them, with the messages of RFC 3665.
import { describe, expect, it } from 'vitest';
import { Field } from '../field.ts';
import type { SipResponse } from '../message.ts';
import { respond } from '../response.ts';
import { readRequest } from '../testing/messages.ts';
import { Dialog } from './dialog.ts';
import { endedBy } from './fatal.ts';
import { nameOfRequest, nameOfResponse } from './names.ts';

/** The INVITE of RFC 3665 §3.2, as it comes to Bob. */
const invite = readRequest(
  'INVITE sip:bob@client.biloxi.example.com SIP/2.0',
  'Via: SIP/2.0/TCP client.atlanta.example.com:5060;branch=z9hG4bK74b43',
  'Max-Forwards: 69',
  'Record-Route: <sip:ss2.biloxi.example.com;lr>, <sip:ss1.atlanta.example.com;lr>',
  'From: Alice <sip:alice@atlanta.example.com>;tag=9fxced76sl',
  'To: Bob <sip:bob@biloxi.example.com>',
  'Call-ID: 3848276298220188511@atlanta.example.com',
  'CSeq: 1 INVITE',
  'Contact: <sip:alice@client.atlanta.example.com;transport=tcp>',
);

const bob = { display: '', uri: 'sip:bob@client.biloxi.example.com', parameters: [] };

const answerTo = (status: number, ...fields: readonly Field[]): SipResponse =>
  respond(
    invite,
    { status, fields: [...invite.fields.filter(({ id }) => id === 'record-route'), ...fields] },
    '314159',
  );

const bobsContact = Field.make('contact', '<sip:bob@client.biloxi.example.com>');

const both = (): { readonly alices: Dialog; readonly bobs: Dialog } => ({
  alices: Dialog.ofResponse(invite, answerTo(180, bobsContact)),
  bobs: Dialog.ofRequest(invite, '314159', bob),
});

const next = (method: string, sequence: number, ...more: readonly string[]) =>
  readRequest(
    `${method} sip:bob@client.biloxi.example.com SIP/2.0`,
    'From: Alice <sip:alice@atlanta.example.com>;tag=9fxced76sl',
    'To: Bob <sip:bob@biloxi.example.com>;tag=314159',
    'Call-ID: 3848276298220188511@atlanta.example.com',
    `CSeq: ${sequence} ${method}`,
    ...more,
  );

describe('a dialog (RFC 3261 §12)', () => {
  it('is named alike by both ends and by their messages', () => {
    const { alices, bobs } = both();
    expect(alices.name).toBe('3848276298220188511@atlanta.example.com\n9fxced76sl\n314159');
    expect(bobs.name).toBe('3848276298220188511@atlanta.example.com\n314159\n9fxced76sl');
    expect(nameOfRequest(alices.request('BYE'))).toBe(bobs.name);
    expect(nameOfRequest(bobs.request('BYE'))).toBe(alices.name);
    expect(nameOfResponse(answerTo(180))).toBe(alices.name);
    expect(nameOfRequest(invite)).toBeUndefined();
  });

  it('makes requests by its target and route, from either end', () => {
    const { alices, bobs } = both();
    const bye = bobs.request('BYE');
    expect(bye.startLine).toBe('BYE sip:alice@client.atlanta.example.com;transport=tcp SIP/2.0');
    expect(bye.fields.map(({ line }) => line)).toEqual([
      'Route: <sip:ss2.biloxi.example.com;lr>',
      'Route: <sip:ss1.atlanta.example.com;lr>',
      'Max-Forwards: 70',
      'From: "Bob" <sip:bob@biloxi.example.com>;tag=314159',
      'To: "Alice" <sip:alice@atlanta.example.com>;tag=9fxced76sl',
      'Call-ID: 3848276298220188511@atlanta.example.com',
      'CSeq: 1 BYE',
    ]);
    const info = alices.request('INFO');
    expect(info.fields.filter(({ id }) => id === 'route').map(({ value }) => value)).toEqual([
      '<sip:ss1.atlanta.example.com;lr>',
      '<sip:ss2.biloxi.example.com;lr>',
    ]);
    expect(info.uri).toBe('sip:bob@client.biloxi.example.com');
  });

  it('counts its own requests one by one, an ACK with its INVITE', () => {
    const { alices } = both();
    const numbers = ['PRACK', 'UPDATE', 'INVITE'].map((method) => alices.request(method).text('cseq'));
    expect(numbers).toEqual(['2 PRACK', '3 UPDATE', '4 INVITE']);
    expect(alices.acknowledge(4).text('cseq')).toBe('4 ACK');
    expect(alices.request('BYE').text('cseq')).toBe('5 BYE');
  });

  it('gives our Contact with target refresh requests', () => {
    const { bobs } = both();
    const contacts = ['UPDATE', 'BYE', 'INFO'].map((method) => bobs.request(method).text('contact'));
    expect(contacts).toEqual(['<sip:bob@client.biloxi.example.com>', undefined, undefined]);
  });

  it('goes through a strict router as §12.2.1.1 shows', () => {
    const record = 'Record-Route: <sip:proxy4>, <sip:proxy3;lr>, <sip:proxy2>, <sip:proxy1;method=BYE?subject=x>';
    const { fields } = readRequest('X x:x SIP/2.0', record);
    const response = respond(
      invite,
      { status: 200, fields: [...fields, Field.make('contact', '<sip:user@remoteua>')] },
      't',
    );
    const request = Dialog.ofResponse(invite, response).request('INFO');
    expect(request.uri).toBe('sip:proxy1');
    expect(request.fields.filter(({ id }) => id === 'route').map(({ value }) => value)).toEqual([
      '<sip:proxy2>',
      '<sip:proxy3;lr>',
      '<sip:proxy4>',
      '<sip:user@remoteua>',
    ]);
  });

  it('takes requests in their order, with gaps', () => {
    const { bobs } = both();
    expect(bobs.admit(next('INFO', 7), 0)).toBeUndefined();
    expect(bobs.admit(next('INFO', 6), 0)).toMatchObject({ status: 500 });
    expect(bobs.admit(next('ACK', 1), 0)).toBeUndefined();
    expect(bobs.admit(next('BYE', 8), 0)).toBeUndefined();
  });

  it('lets one INVITE be under way (§14.1, §14.2)', () => {
    const { bobs } = both();
    bobs.inviting = 'ours';
    expect(bobs.admit(next('INVITE', 2), 0)).toEqual({ status: 491 });
    bobs.inviting = 'theirs';
    const refusal = bobs.admit(next('INVITE', 3), 7);
    expect([refusal?.status, refusal?.fields?.map(({ line }) => line)]).toEqual([500, ['Retry-After: 7']]);
    expect(bobs.admit(next('INFO', 4), 0)).toBeUndefined();
  });

  it('follows the peer by target refresh requests only', () => {
    const { bobs } = both();
    bobs.refresh(next('INFO', 2, 'Contact: <sip:alice@elsewhere.example>'));
    expect(bobs.target).toBe('sip:alice@client.atlanta.example.com;transport=tcp');
    bobs.refresh(next('UPDATE', 3));
    bobs.refresh(next('UPDATE', 4, 'Contact: <sip:alice@elsewhere.example>'));
    expect(bobs.request('BYE').uri).toBe('sip:alice@elsewhere.example');
  });

  it('takes its route anew from the 2xx, and nothing else (§13.2.2.4)', () => {
    const early = Dialog.ofResponse(invite, respond(invite, { status: 180, fields: [bobsContact] }, '314159'));
    expect(early.state).toBe('early');
    early.request('PRACK');
    early.confirm(answerTo(200, bobsContact));
    const bye = early.request('BYE');
    expect([early.state, bye.text('route'), bye.text('cseq')]).toEqual([
      'confirmed',
      '<sip:ss1.atlanta.example.com;lr>',
      '3 BYE',
    ]);
    early.end();
    expect(early.state).toBe('ended');
  });

  it('bears a peer as of RFC 2543, who has no tags', () => {
    const old = readRequest(
      'INVITE sip:bob@b.example SIP/2.0',
      'From: <sip:alice@a.example>',
      'To: <sip:bob@b.example>',
      'Call-ID: x',
      'CSeq: 1 INVITE',
    );
    const dialog = Dialog.ofRequest(old, 't', bob);
    expect(dialog.name).toBe('x\nt\n');
    expect(dialog.request('BYE').text('to')).toBe('<sip:alice@a.example>');
  });

  it('begins by a NOTIFY at the subscriber, with the CSeq of the SUBSCRIBE (RFC 6665 §4.4.1)', () => {
    const notify = readRequest(
      'NOTIFY sip:alice@a.example SIP/2.0',
      'Record-Route: <sip:p.example;lr>',
      'From: <sip:bob@b.example>;tag=notifier',
      'To: <sip:alice@a.example>;tag=subscriber',
      'Call-ID: x',
      'CSeq: 900 NOTIFY',
      'Contact: <sip:agent@b.example>',
    );
    const dialog = Dialog.ofRequest(notify, 'subscriber', bob, 17);
    const refresh = dialog.request('SUBSCRIBE');
    expect(dialog.name).toBe(nameOfRequest(notify));
    expect([refresh.uri, refresh.text('route'), refresh.text('cseq')]).toEqual([
      'sip:agent@b.example',
      '<sip:p.example;lr>',
      '18 SUBSCRIBE',
    ]);
  });
});

describe('what ends a dialog (RFC 5057 §5.1)', () => {
  it.each([
    [404, 'dialog'],
    [481, 'usage'],
    [408, 'usage'],
    [401, undefined],
    [491, undefined],
    [500, undefined],
  ] as const)('%i ends: %s', (status, ended) => {
    expect(endedBy(status)).toBe(ended);
  });
});
