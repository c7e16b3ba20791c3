// stanza, unmodified, at a server: `stanza.mjs TRANSPORT BASE ONE OTHER` (websocket or bosh, host:port of HTTPS, two users at localhost).
// It prints what it saw as one JSON object. The password stands in the environment, the certificate in NODE_EXTRA_CA_CERTS.
import { once } from 'node:events';
import { createClient } from 'stanza';

const [, , transport, base, one, other] = process.argv;
const password = process.env.PASSWORD;
const [juliet, romeo] = [`${one}@localhost`, `${other}@localhost`];

/** host-meta, which stanza itself would ask at port 443 (XEP-0156). */
const { [transport]: [url] = [] } = await createClient().discoverBindings(base);

const make = (jid, more = {}) =>
  createClient({
    jid,
    password,
    transports: { [transport]: url },
    autoReconnect: true,
    maxReconnectBackoff: 0.05,
    ...more,
  });

/** Signs in and asks for the roster, with the version that is cached. */
const open = async (jid, rosterVer) => {
  const client = make(jid, { rosterVer });
  const started = once(client, 'session:started');
  client.connect();
  await started;
  await client.enableCarbons();
  client.roster = await client.getRoster();
  client.sendPresence();
  return client;
};

/** Resolves when the server has said goodbye; over BOSH, stanza may never say itself that it is off. */
const close = async (client) => {
  const ended = once(client, 'stream:end');
  client.disconnect();
  await ended;
};

/** Resolves with the first event of this name that fits. */
const next = (client, name, fits) =>
  new Promise((resolve) => {
    const look = (event) => {
      if (!fits(event)) return;
      client.off(name, look);
      resolve(event);
    };
    client.on(name, look);
  });

const heard = (client, body) => next(client, 'message', (message) => message.body === body);
const isFrom = (bare) => (stanza) => stanza.from?.startsWith(bare) === true;
const namesOf = ({ items }) => items.map(({ jid, subscription }) => [jid, subscription]);

/** Asks, is let in, lets in. Resolves with the version of the roster that both being subscribed made. */
const befriend = async (asker, asked, whom) => {
  asked.on('subscribe', ({ from }) => {
    asked.acceptSubscription(from);
    asked.subscribe(from);
  });
  asker.on('subscribe', ({ from }) => asker.acceptSubscription(from));
  const both = next(asker, 'roster:update', ({ roster }) =>
    roster.items.some(({ subscription }) => subscription === 'both'),
  );
  asker.subscribe(whom);
  const { roster } = await both;
  return roster.version;
};

const [phone, laptop, friend] = [await open(juliet), await open(juliet), await open(romeo)];
const empty = namesOf(phone.roster);
const firstVersion = phone.config.rosterVer;
const seen = next(phone, 'available', isFrom(romeo));
const version = await befriend(phone, friend, romeo);
await seen;

const question = heard(friend, 'Art thou not Romeo?');
const ownCopy = next(laptop, 'carbon:sent', () => true);
phone.sendMessage({ to: romeo, type: 'chat', body: 'Art thou not Romeo?' });
const { from: asker } = await question;
const answer = heard(phone, 'Neither, fair maid. 若你不喜歡 💔');
const copy = next(laptop, 'carbon:received', () => true);
friend.sendMessage({ to: asker, type: 'chat', body: 'Neither, fair maid. 若你不喜歡 💔' });
const { from: answerer } = await answer;
const copies = [await ownCopy, await copy].map(({ carbon }) => carbon.forward.message.body);

const { results } = await laptop.searchHistory({ with: romeo, paging: { max: 10 } });
const history = results.map(({ item }) => item.message.body);
await close(laptop);

// The roster again, as the versions that were cached let it be told (RFC 6121 §2.6).
const versions = {};
for (const [name, cached] of Object.entries({ none: undefined, current: version, first: firstVersion, unknown: 'x' })) {
  const pushed = [];
  const again = make(juliet, { rosterVer: cached });
  again.on('roster:update', ({ roster }) => pushed.push(...namesOf(roster)));
  const started = once(again, 'session:started');
  again.connect();
  await started;
  const told = namesOf(await again.getRoster());
  // What was pushed stands before the answer to whatever is asked next.
  await again.ping();
  versions[name] = [...told, ...pushed];
  await close(again);
}

let resumed = [];
if (transport === 'websocket') {
  // The line breaks: stanza comes back by itself and resumes.
  const back = once(phone, 'stream:management:resumed');
  const meanwhile = heard(phone, 'meanwhile');
  phone.transport.socket.close();
  friend.sendMessage({ to: asker, type: 'chat', body: 'meanwhile' });
  await back;
  await meanwhile;
  // The page is loaded again: another stanza goes on with what the first one kept.
  const { id, jid, handled, lastAck, unacked, allowResume } = phone.sm;
  phone.config.autoReconnect = false;
  const off = once(phone, 'disconnected');
  phone.transport.disconnect(false);
  await off;
  const reloaded = make(juliet);
  reloaded.sm.load({ id, jid, handled, lastAck, unacked, allowResume });
  const loaded = [once(reloaded, 'stream:management:resumed'), heard(reloaded, 'and again')];
  friend.sendMessage({ to: asker, type: 'chat', body: 'and again' });
  reloaded.connect();
  await Promise.all(loaded);
  resumed = [reloaded.jid === asker];
  await close(reloaded);
} else await close(phone);
await close(friend);

process.stdout.write(
  JSON.stringify({
    empty,
    talked: [asker.startsWith(juliet), answerer.startsWith(romeo)],
    copies,
    history,
    versions,
    resumed,
  }),
);
