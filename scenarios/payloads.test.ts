// Extensible XML: random payloads come out equal after relay, copy, offline, archive and a restart of the server (row 24).
import { type Element, el, equal } from '@parlance/xml/element';
import { namespaces } from '@parlance/xmpp/namespaces';
import type { XmppClient } from '@parlance/xmpp-client/client';
import { readArchive } from '@parlance/xmpp-client/features/archive';
import { carbons } from '@parlance/xmpp-client/features/carbons';
import type { Connection, Transport } from '@parlance/xmpp-client/transport';
import { tcp } from '@parlance/xmpp-client/transports/tcp';
import fc from 'fast-check';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { House } from './house.ts';
import { payload } from './random-payload.ts';

const { client: ns } = namespaces;
const juliet = 'juliet@localhost';
const romeo = 'romeo@localhost';
const nurse = 'nurse@localhost';

/** Each with a seed of its own, which the failure names. */
const seed = Number(process.env['PARLANCE_SEED'] ?? Date.now() % 2 ** 31);
const count = Number(process.env['PARLANCE_PAYLOADS'] ?? 60);
const payloads = fc.sample(payload, { seed, numRuns: count });

let house: House;

beforeEach(async () => {
  house = await House.open();
  await house.people(juliet, romeo, nurse);
});
afterEach(() => house.close());

const message = (to: string, id: number, content: Element): Element =>
  el('message', ns, { to, type: 'chat', id: `${id}` }, content);

/** What arrives at a client, by the number of its payload. */
const arrivals = (client: XmppClient): Map<number, Element> => {
  const heard = new Map<number, Element>();
  client.on('message', (stanza) => void heard.set(Number(stanza.attr('id')), stanza));
  return heard;
};

const until = async (done: () => boolean): Promise<void> => {
  for (let waited = 0; waited < 5_000 && !done(); waited += 10) await new Promise((resolve) => setTimeout(resolve, 10));
};

/** The numbers of payloads that are not in their stanza exactly as they were sent. */
const changed = (heard: ReadonlyMap<number, Element>): readonly number[] =>
  payloads.flatMap((sent, id) =>
    heard
      .get(id)
      ?.elements()
      .some((child) => equal(child, sent)) === true
      ? []
      : [id],
  );

const archive = async (client: XmppClient): Promise<ReadonlyMap<number, Element>> => {
  const found = new Map<number, Element>();
  for (let after: string | undefined; ; ) {
    const page = await readArchive(client, { max: 50, ...(after === undefined ? {} : { after }) });
    for (const { stanza } of page.messages) found.set(Number(stanza.attr('id')), stanza);
    after = page.report.last;
    if (page.complete || after === undefined) return found;
  }
};

it(`random payloads pass unchanged: relay, copy, archive, offline (seed ${seed})`, { timeout: 60_000 }, async () => {
  const one = await house.client(juliet);
  const other = await house.client(romeo);
  const copied = new Map<number, Element>();
  const second = await house.client(juliet);
  carbons(second, ({ message: copy }) => void copied.set(Number(copy.attr('id')), copy));
  await second.request('set', el('enable', namespaces.carbons));
  other.send(el('presence', ns));
  other.send(el('presence', ns, { to: one.address }));
  const heard = arrivals(other);
  const sent = payloads.flatMap((content, id) => [
    one.send(message(romeo, id, content)),
    one.send(message(nurse, id, content)),
  ]);
  await Promise.all(sent.map((delivery) => delivery.outcome()));
  await until(() => heard.size === count && copied.size === count);
  expect(changed(heard)).toEqual([]);
  expect(changed(copied)).toEqual([]);
  expect(changed(await archive(other))).toEqual([]);
  const late = await house.client(nurse);
  const missed = arrivals(late);
  late.send(el('presence', ns));
  await until(() => missed.size === count);
  expect(changed(missed)).toEqual([]);
});

it(`random payloads pass unchanged in requests and answers (seed ${seed})`, { timeout: 60_000 }, async () => {
  const one = await house.client(juliet);
  const other = await house.client(romeo);
  other.send(el('presence', ns, { to: one.address }));
  const asked = new Map<number, Element>();
  const answered = new Map<number, Element>();
  for (const [id, content] of payloads.entries()) {
    const stop = other.handle('get', content.name, content.ns, (request) => {
      asked.set(id, el('iq', ns, {}, request));
      return content;
    });
    const answer = await one.request('get', content, other.address);
    stop();
    if (answer !== undefined) answered.set(id, el('iq', ns, {}, answer));
  }
  expect(changed(asked)).toEqual([]);
  expect(changed(answered)).toEqual([]);
});

it(`random payloads wait on disk for a session that is resumed after a restart (seed ${seed})`, async () => {
  const one = await house.client(juliet);
  let pulled = false;
  let line: Connection | undefined;
  const inner = (): Transport =>
    tcp({
      domain: 'localhost',
      server: { host: '127.0.0.1', port: house.port('c2s') },
      allowPlaintext: true,
      trust: { verify: false },
    });
  const transport: Transport = {
    ...inner(),
    open: async (owner, signal) => {
      if (pulled) throw new Error('the cable is pulled');
      line = await inner().open(owner, signal);
      return line;
    },
  };
  const other = await house.client(romeo, { transport });
  const heard = arrivals(other);
  other.send(el('presence', ns));
  await other.send(el('message', ns, { to: juliet, type: 'chat', id: 'first' }, el('body', ns, {}, '1'))).outcome();
  pulled = true;
  line?.destroy();
  await Promise.all(payloads.map((content, id) => one.send(message(romeo, id, content)).outcome()));
  await house.stop();
  await house.start();
  pulled = false;
  const back = other.once('resumed');
  other.wake();
  await back;
  await until(() => heard.size === count);
  expect(changed(heard)).toEqual([]);
});
