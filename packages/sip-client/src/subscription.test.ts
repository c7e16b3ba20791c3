// Watching: NOTIFY before and after the answer, renewal, what ends a subscription and what begins it anew (RFC 6665 §4.1).
import { Dialog } from '@parlance/sip/dialog/dialog';
import { Field } from '@parlance/sip/field';
import { contact, type NameAddr } from '@parlance/sip/headers/name-addr';
import { expires } from '@parlance/sip/headers/plain';
import { make, type SipRequest, type SipResponse } from '@parlance/sip/message';
import { encodeText } from '@parlance/sip/text';
import { FakeClock } from '@parlance/testkit/fake-clock';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { UserAgent } from './agent.ts';
import type { Subscription } from './subscription.ts';
import { Desk } from './testing/desk.ts';

describe('a subscription', () => {
  let clock: FakeClock;
  let desk: Desk;
  let agent: UserAgent;
  let subscription: Subscription;
  const told: string[] = [];
  const ended: (SipResponse | string)[] = [];

  const own = (): NameAddr => ({ display: '', uri: `sip:desk@127.0.0.1:${desk.port}`, parameters: [] });

  const accepts = (seconds: number) => () => ({ status: 200, fields: [make(contact, own()), make(expires, seconds)] });

  /** The desk's side of the dialog of a SUBSCRIBE, whose answers have the tag `desk`. */
  const dialogOf = (subscribe: SipRequest): Dialog => Dialog.ofRequest(subscribe, 'desk', own());

  const notify = (dialog: Dialog, state: string, body = ''): void =>
    desk.send(
      dialog.request('NOTIFY', {
        fields: [
          Field.make('event', 'presence'),
          Field.make('subscription-state', state),
          Field.make('content-type', 'application/pidf+xml'),
        ],
        body: encodeText(body),
      }),
      agent.flow.local,
    );

  const subscribed = async (count: number): Promise<SipRequest> => {
    await expect.poll(() => desk.requests('SUBSCRIBE').length).toBeGreaterThanOrEqual(count);
    const found = desk.requests('SUBSCRIBE')[count - 1];
    if (found === undefined) throw new Error('not there');
    return found;
  };

  beforeEach(async () => {
    clock = new FakeClock();
    desk = await Desk.open();
    agent = await desk.agent(clock);
    told.length = 0;
    ended.length = 0;
    desk.answer = accepts(600);
    subscription = agent.subscribe('sip:romeo@example.com', {
      event: 'presence',
      type: 'application/pidf+xml',
      seconds: 3_600,
      notified: (body, state) => told.push(`${state} ${new TextDecoder().decode(body)}`),
      ended: (why) => ended.push(why),
    });
  });

  afterEach(() => {
    agent.close();
    desk.close();
  });

  it('asks for an event package with a type and a time, and takes what comes', async () => {
    const subscribe = await subscribed(1);
    expect(['event', 'accept', 'expires'].map((id) => subscribe.text(id))).toEqual([
      'presence',
      'application/pidf+xml',
      '3600',
    ]);
    const dialog = dialogOf(subscribe);
    notify(dialog, 'active;expires=600', 'one');
    notify(dialog, 'active;expires=590', 'two');
    await expect.poll(() => told).toEqual(['active one', 'active two']);
    expect(desk.log).toEqual(['SUBSCRIBE', '200', '200']);
  });

  it('takes a NOTIFY that is faster than the answer', async () => {
    await subscribed(1);
    agent.close();
    agent = await desk.agent(clock);
    desk.answer = () => undefined;
    const early: string[] = [];
    agent.subscribe('sip:romeo@example.com', {
      event: 'presence',
      type: 'application/pidf+xml',
      seconds: 3_600,
      notified: (_body, state) => early.push(state),
      ended: () => undefined,
    });
    const subscribe = await subscribed(2);
    notify(dialogOf(subscribe), 'pending');
    await expect.poll(() => early).toEqual(['pending']);
  });

  it('is renewed in its dialog at half of a short time, and begun anew when the server has forgotten it', async () => {
    const first = await subscribed(1);
    const dialog = dialogOf(first);
    notify(dialog, 'active', 'one');
    await expect.poll(() => told).toHaveLength(1);
    desk.answer = () => ({ status: 481 });
    clock.advance(300_000);
    const renewal = await subscribed(2);
    expect(renewal.text('to')).toContain('tag=desk');
    expect(renewal.text('call-id')).toBe(first.text('call-id'));
    const anew = await subscribed(3);
    expect(anew.text('to')).not.toContain('tag=');
    expect(anew.text('call-id')).not.toBe(first.text('call-id'));
  });

  it.each([
    ['timeout', 2, []],
    ['deactivated', 2, []],
    ['rejected', 1, ['rejected']],
    ['noresource', 1, ['noresource']],
  ])('that the server ends because of %s', async (reason, count, ends) => {
    notify(dialogOf(await subscribed(1)), `terminated;reason=${reason}`);
    await expect.poll(() => told).toEqual(['terminated ']);
    await subscribed(count);
    expect(ended).toEqual(ends);
  });

  it('refuses a NOTIFY that cannot be read', async () => {
    notify(dialogOf(await subscribed(1)), ';');
    await expect.poll(() => desk.log.at(-1)).toBe('400');
    expect(told).toEqual([]);
  });

  it('that is refused is over', async () => {
    await subscribed(1);
    desk.answer = () => ({ status: 489 });
    agent.subscribe('sip:romeo@example.com', {
      event: 'winter',
      type: 'text/plain',
      seconds: 60,
      notified: () => undefined,
      ended: (why) => ended.push(why),
    });
    await expect.poll(() => ended).toMatchObject([{ status: 489 }]);
  });

  it('is ended by a SUBSCRIBE of no time, and a NOTIFY of somebody else is none of its', async () => {
    const dialog = dialogOf(await subscribed(1));
    notify(dialog, 'active', 'one');
    await expect.poll(() => told).toHaveLength(1);
    await subscription.end();
    expect(desk.requests('SUBSCRIBE')[1]?.text('expires')).toBe('0');
    notify(Dialog.ofRequest(await subscribed(2), 'other', own()), 'active', 'foreign');
    await expect.poll(() => desk.log.at(-1)).toBe('481');
    expect(told).toHaveLength(1);
  });
});
