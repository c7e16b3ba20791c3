// Our client on a foreign server, Prosody and ejabberd (row 21's client half). Skipped where it is not installed.
import { el } from '@parlance/xml/element';
import { namespaces } from '@parlance/xmpp/namespaces';
import { presence } from '@parlance/xmpp/wire/rfc-6121.presence';
import { type ClientOptions, XmppClient } from '@parlance/xmpp-client/client';
import { AuthenticationError } from '@parlance/xmpp-client/errors';
import { readArchive } from '@parlance/xmpp-client/features/archive';
import { BlockList } from '@parlance/xmpp-client/features/blocking';
import { carbons } from '@parlance/xmpp-client/features/carbons';
import { Disco } from '@parlance/xmpp-client/features/disco';
import { fetchItems, onEvent, publish } from '@parlance/xmpp-client/features/pep';
import { Roster } from '@parlance/xmpp-client/features/roster';
import { fetchVcard, storeVcard } from '@parlance/xmpp-client/features/vcard';
import type { Connection, Transport } from '@parlance/xmpp-client/transport';
import { tcp } from '@parlance/xmpp-client/transports/tcp';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { missingEjabberd, startEjabberd } from './ejabberd.ts';
import { domain, type ForeignServer, over } from './foreign-server.ts';
import { missingProsody, startProsody } from './prosody.ts';
import { heard, say } from './stanzas.ts';

const password = 'correct horse';

/** A transport whose newest connection can be cut. */
const cuttable = (inner: Transport): { readonly transport: Transport; readonly cut: () => void } => {
  let newest: Connection | undefined;
  const transport: Transport = {
    ...inner,
    open: async (owner, signal) => {
      newest = await inner.open(owner, signal);
      return newest;
    },
  };
  return { transport, cut: () => newest?.destroy() };
};

const servers = [
  { name: 'Prosody', missing: missingProsody(), start: startProsody, trust: {} },
  // ejabberd 23.01 offers SCRAM-SHA-1-PLUS without saying which bindings it knows (XEP-0440), and knows none of ours.
  { name: 'ejabberd', missing: missingEjabberd(), start: startEjabberd, trust: { bind: false } },
];

for (const { missing, start, trust, ...server } of servers) {
  const label = missing === undefined ? server.name : `${server.name}, not installed: ${missing}`;
  describe.skipIf(missing !== undefined)(`our client on ${label}`, () => {
    let running: ForeignServer;
    const clients: XmppClient[] = [];

    beforeAll(async () => {
      running = await start({ names: ['juliet', 'romeo'], password });
    }, 60_000);

    afterAll(() => running.stop());

    afterEach(async () => {
      await Promise.all(clients.splice(0).map((client) => client.close()));
    });

    const client = (name: string, options: Partial<ClientOptions> = {}): XmppClient => {
      const address = `${name}@${domain}`;
      const transport = over(running, trust);
      const made = new XmppClient({ address, password, transport, reconnect: 'once-online', ...options });
      clients.push(made);
      return made;
    };

    const online = async (name: string, options: Partial<ClientOptions> = {}): Promise<XmppClient> => {
      const made = client(name, options);
      await made.connect();
      made.send(presence('available', {}));
      return made;
    };

    test('a wrong password is refused, for good', async () => {
      const refused = client('juliet', { password: 'wrong', reconnect: 'always' });
      await expect(refused.connect()).rejects.toThrow(AuthenticationError);
      expect(refused.state).toBe('closed');
    });

    test('a certificate that nobody vouches for is refused', async () => {
      const strict = tcp({ domain, server: { host: '127.0.0.1', port: running.port } });
      await expect(client('juliet', { transport: strict }).connect()).rejects.toThrow(/self-signed|unable to verify/);
    });

    test('a message arrives, is acknowledged, and is in the archive of both', async () => {
      const [juliet, romeo] = [await online('juliet'), await online('romeo')];
      const arrival = heard(romeo, 'wherefore art thou');
      const delivery = juliet.send(say(romeo.account, 'wherefore art thou'));
      expect(await delivery.outcome()).toBe('acked');
      expect((await arrival).attr('from')).toBe(juliet.address);
      for (const [reader, peer] of [
        [juliet, romeo.account],
        [romeo, juliet.account],
      ] as const) {
        const page = await readArchive(reader, { peer, before: '', max: 10 });
        expect(page.messages.at(-1)?.stanza.childText('body')).toBe('wherefore art thou');
      }
    });

    test('the archive is paged backwards to its beginning', async () => {
      const [juliet, romeo] = [await online('juliet'), await online('romeo')];
      for (let count = 0; count < 5; count++) await juliet.send(say(romeo.account, `page ${count}`)).outcome();
      const bodies: string[] = [];
      let [before, complete] = ['', false];
      while (!complete) {
        const page = await readArchive(juliet, { peer: romeo.account, before, max: 2 });
        bodies.unshift(...page.messages.map(({ stanza }) => stanza.childText('body') ?? ''));
        before = page.messages[0]?.id ?? '';
        complete = page.complete;
      }
      expect(bodies.slice(-5)).toEqual(['page 0', 'page 1', 'page 2', 'page 3', 'page 4']);
    });

    test('a cut connection is resumed: what was sent meanwhile arrives, once, in order', async () => {
      const { transport, cut } = cuttable(over(running, trust));
      const [juliet, romeo] = [await online('juliet', { transport }), await online('romeo')];
      const bodies: (string | undefined)[] = [];
      romeo.on('message', (message) => bodies.push(message.childText('body')));
      juliet.send(say(romeo.account, 'before'));
      const resumed = juliet.once('resumed');
      const offline = juliet.once('offline');
      cut();
      expect((await offline).resumable).toBe(true);
      const late = juliet.send(say(romeo.account, 'meanwhile'));
      const back = heard(juliet, 'to you');
      await romeo.send(say(juliet.account, 'to you')).outcome();
      juliet.wake();
      await resumed;
      expect(await late.outcome()).toBe('acked');
      expect((await back).attr('from')).toBe(romeo.address);
      await juliet.send(say(romeo.account, 'after')).outcome();
      await expect.poll(() => bodies).toEqual(['before', 'meanwhile', 'after']);
    });

    test('the roster is read, changed and pushed; a subscription is asked for and granted', async () => {
      const [juliet, romeo] = [client('juliet'), client('romeo')];
      const [hers, his] = [new Roster(juliet), new Roster(romeo)];
      for (const each of [juliet, romeo]) await each.connect();
      for (const each of [hers, his]) await each.read();
      for (const each of [juliet, romeo]) each.send(presence('available', {}));
      await hers.set(romeo.account, 'Romeo', ['Capulet’s foes']);
      await expect.poll(() => hers.items.get(romeo.account)?.name).toBe('Romeo');
      const types: (string | undefined)[] = [];
      romeo.on('presence', (stanza) => types.push(stanza.attr('type')));
      hers.subscription('subscribe', romeo.account);
      await expect.poll(() => types).toContain('subscribe');
      his.subscription('subscribed', juliet.account);
      await expect.poll(() => hers.items.get(romeo.account)?.subscription).toBe('to');
      expect(hers.known?.items).toHaveLength(1);
      await hers.remove(romeo.account);
      await expect.poll(() => hers.items.size).toBe(0);
    });

    test('a device gets copies of what another one sends', async () => {
      const [desk, romeo] = [await online('juliet'), await online('romeo')];
      const phone = client('juliet');
      const copies: string[] = [];
      carbons(phone, ({ direction, message }) => copies.push(`${direction} ${message.childText('body')}`));
      await phone.connect();
      phone.send(presence('available', {}));
      await phone.request('get', el('ping', namespaces.ping), domain);
      await desk.send(say(romeo.account, 'from the desk')).outcome();
      await expect.poll(() => copies).toEqual(['sent from the desk']);
    });

    test('a personal event, a visiting card, a block list, and what the server can do', async () => {
      const juliet = client('juliet');
      const blocked = new BlockList(juliet);
      const disco = new Disco(juliet, {
        identity: { category: 'client', type: 'console' },
        node: 'https://parlance.example',
      });
      const events: string[] = [];
      onEvent(juliet, namespaces.nick, ({ owner, event }) => events.push(`${owner} ${event.kind}`));
      await juliet.connect();
      juliet.send(presence('available', {}, disco.capabilities()));
      const nick = el('nick', namespaces.nick, {}, 'Jule');
      await publish(juliet, namespaces.nick, { id: 'current', payload: nick }, { access_model: 'open' });
      await expect.poll(() => events).toContain(`${juliet.account} items`);
      const items = await fetchItems(juliet, undefined, namespaces.nick);
      expect(items.map(({ payload }) => payload?.text())).toEqual(['Jule']);
      await storeVcard(juliet, el('vCard', namespaces.vcard, {}, el('FN', namespaces.vcard, {}, 'Juliet')));
      expect((await fetchVcard(juliet))?.childText('FN')).toBe('Juliet');
      await blocked.block('tybalt@one.example');
      expect([...(await blocked.read())]).toEqual(['tybalt@one.example']);
      await blocked.unblock();
      await expect.poll(() => blocked.addresses.size).toBe(0);
      expect((await disco.info(juliet.account)).features).toContain(namespaces.mam);
    });
  });
}
