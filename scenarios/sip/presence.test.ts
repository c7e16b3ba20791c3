// Presence between a phone and a chat client on a running server: asked, approved, told, published, in a call, gone (RFC 3856, 3903, 6665; RFC 8048).
import { Dialog } from '@parlance/sip/dialog/dialog';
import { Field } from '@parlance/sip/field';
import { SipRequest, SipResponse } from '@parlance/sip/message';
import { el } from '@parlance/xml/element';
import { namespaces } from '@parlance/xmpp/namespaces';
import type { XmppClient } from '@parlance/xmpp-client/client';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { House } from '../house.ts';
import { type Phone, phone } from './phone.ts';

const { client: ns } = namespaces;
const [juliet, romeo] = ['juliet@localhost', 'romeo@localhost'];

const field = (name: string, value: string): Field => Field.make(name, value);

const pidf = (note: string): Uint8Array =>
  new TextEncoder().encode(
    `<presence xmlns="urn:ietf:params:xml:ns:pidf" entity="sip:${romeo}"><tuple id="t"><status><basic>open</basic></status><note>${note}</note></tuple></presence>`,
  );

describe.each(['UDP', 'TCP'] as const)('a phone by %s and a chat client', (transport) => {
  let house: House;
  let his: Phone;
  let client: XmppClient;
  const told: string[] = [];
  const seen: string[] = [];
  let subscribed: SipResponse;

  beforeAll(async () => {
    house = await House.open();
    await house.people(juliet, romeo);
    his = await phone(house, romeo, { transport });
    his.agent.handlers.set('NOTIFY', (request) => {
      told.push(`${request.text('subscription-state')} ${new TextDecoder().decode(request.body)}`);
      return { status: 200 };
    });
    client = await house.client(juliet);
    client.on('presence', (stanza) => {
      const words = [stanza.attr('type'), stanza.childText('show'), stanza.childText('status')];
      seen.push([stanza.attr('from'), ...words].filter(Boolean).join(' '));
    });
    client.send(el('presence', ns, {}, el('status', ns, {}, 'on the balcony')));
  });

  afterAll(async () => {
    his?.close();
    await house.close();
  });

  const subscribe = (target: string, ...fields: readonly Field[]): Promise<unknown> =>
    his.agent.request('SUBSCRIBE', target, {
      fields: [field('event', 'presence'), field('contact', `<${his.agent.contact}>`), ...fields],
    });

  it('asks to watch: the chat client is asked, and its approval is told at once', async () => {
    const answer = await subscribe(`sip:${juliet}`);
    expect(answer).toMatchObject({ status: 200 });
    if (answer instanceof SipResponse) subscribed = answer;
    await expect.poll(() => told.at(-1)).toMatch(/^pending/);
    await expect.poll(() => seen).toContain(`${romeo} subscribe`);
    client.send(el('presence', ns, { to: romeo, type: 'subscribed' }));
    await expect.poll(() => told.at(-1)).toMatch(/^active.*on the balcony/s);
  });

  it('hears of a change within a second', async () => {
    client.send(el('presence', ns, {}, el('show', ns, {}, 'dnd'), el('status', ns, {}, 'hush')));
    await expect.poll(() => told.at(-1), { timeout: 1_000 }).toMatch(/^active.*busy.*hush/s);
  });

  it('renews in its dialog, and ends there', async () => {
    const request = (value: string) => ({ fields: [field('event', 'presence'), field('expires', value)] });
    const own = field('contact', `<${his.agent.contact}>`);
    const fields = [...subscribed.fields.filter(({ id }) => id !== 'contact'), own];
    const dialog = Dialog.ofResponse(new SipRequest({ method: 'SUBSCRIBE', uri: `sip:${juliet}`, fields }), subscribed);
    expect(await his.agent.within(dialog, 'SUBSCRIBE', request('600'))).toMatchObject({ status: 200 });
    expect(await his.agent.within(dialog, 'SUBSCRIBE', request('0'))).toMatchObject({ status: 200 });
    await expect.poll(() => told.at(-1)).toMatch(/^terminated;reason=timeout/);
    expect(await his.agent.within(dialog, 'SUBSCRIBE', request('600'))).toMatchObject({ status: 481 });
  });

  it('is seen by the chat client: registered, as it publishes, and gone', async () => {
    client.send(el('presence', ns, { to: romeo, type: 'subscribe' }));
    const r = await house.client(romeo);
    r.send(el('presence', ns, { to: juliet, type: 'subscribed' }));
    await his.agent.register();
    await expect.poll(() => seen.some((each) => /^romeo@localhost\/phone-\w+$/.test(each))).toBe(true);
    const published = await his.agent.request('PUBLISH', `sip:${romeo}`, {
      fields: [field('event', 'presence')],
      content: { type: 'application/pidf+xml', body: pidf('gardening') },
    });
    expect(published).toMatchObject({ status: 200 });
    await expect.poll(() => seen.at(-1)).toMatch(/phone-\w+ gardening$/);
    expect(house.running.sip.events.counts).toEqual({ watchers: 0, publications: 1 });
    await his.agent.register(0);
    await expect.poll(() => seen.at(-1)).toMatch(/phone-\w+ unavailable$/);
  });

  it('with an event that nobody knows is told which there are (RFC 6665 §8.2.1)', async () => {
    const answer = await his.agent.request('SUBSCRIBE', `sip:${juliet}`, {
      fields: [field('event', 'nonsense'), field('contact', `<${his.agent.contact}>`)],
    });
    expect(answer).toMatchObject({ status: 489 });
    expect(answer instanceof SipResponse && answer.text('allow-events')).toBe('presence');
  });
});
