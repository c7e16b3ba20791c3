// Whatever people do and whatever breaks, each client knows who is there of those whom it may see, and of nobody else (RFC 6121 §3, §4; XEP-0191, 0198).
import { isBlocked } from '@parlance/core/blocking';
import { chanceOf } from '@parlance/testkit/chance';
import { type EmbeddedStorage, openEmbedded } from '@parlance/testkit/embedded-storage';
import { FakeClock } from '@parlance/testkit/fake-clock';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { blocking } from '../ext/xep-0191.blocking.ts';
import type { XmppSession } from '../session/session.ts';
import { juliet, nurse, openCompany, romeo } from '../testing/company.ts';
import type { Stage } from '../testing/stage.ts';
import type { StageClient } from '../testing/stage-client.ts';
import { isDirected } from './directed.ts';

const people = [juliet, nurse, romeo] as const;

let storage: EmbeddedStorage;
let clock: FakeClock;
let stage: Stage;

beforeEach(async () => {
  storage = await openEmbedded(...people);
  clock = new FakeClock();
  stage = openCompany({ clock, ...storage }, blocking);
});
afterEach(() => storage.close());

/** A client that believes the presence it gets, and nothing else. */
class Watcher {
  client: StageClient;
  /** Its connection is broken. */
  lost = false;
  readonly seen = new Set<string>();

  constructor(client: StageClient) {
    this.client = client;
  }

  get session(): XmppSession {
    return this.client.session;
  }

  listen(): void {
    for (const stanza of this.client.taken()) {
      const from = stanza.attr('from') ?? '';
      if (stanza.name !== 'presence') continue;
      if (stanza.attr('type') === undefined) this.seen.add(from);
      else if (stanza.attr('type') === 'unavailable') this.seen.delete(from);
    }
    if (this.session.presence === '') this.seen.clear();
  }

  async breaks(): Promise<void> {
    await stage.quiet();
    this.listen();
    this.client.acknowledge();
    this.client.drop();
    this.lost = true;
  }

  returns(): void {
    const again = stage.connect();
    again.resume(this.client);
    this.client = again;
    this.lost = false;
  }
}

const comes = async (address: string, label: string): Promise<Watcher> => {
  const client = await stage.bind(address, label);
  client.enable();
  client.post('<presence/>');
  return new Watcher(client);
};

/** There, allowed, and nobody has blocked anybody. */
const allows = ({ account, presence }: XmppSession, { account: watcher }: XmppSession): boolean =>
  presence !== '' &&
  account.view.contacts.get(watcher.address)?.permission === 'allow' &&
  !isBlocked(account, watcher.address, '') &&
  !isBlocked(watcher, account.address, '');

const wants = ({ account: watcher }: XmppSession, { account }: XmppSession): boolean =>
  watcher.view.contacts.get(account.address)?.interest === 'granted';

/** Whom a client must see, and whom it may see besides: a session may tell others of itself. */
const expected = (watcher: XmppSession, all: readonly Watcher[]): { must: string[]; may: string[] } => {
  const others = all.map(({ session }) => session).filter(({ account }) => account !== watcher.account);
  const allowing = watcher.presence === '' ? [] : others.filter((other) => allows(other, watcher));
  const told = others.filter((other) => isDirected(other, watcher.account.address, watcher.label));
  return {
    must: allowing.filter((other) => wants(watcher, other)).map(({ jid }) => jid),
    may: [...told, ...allowing.filter((other) => !wants(watcher, other))].map(({ jid }) => jid),
  };
};

const acts = ['subscribe', 'subscribed', 'subscribe', 'subscribed', 'subscribe', 'subscribed', 'unsubscribe'] as const;
const command = (name: string, item: string): string =>
  `<iq type='set' id='b'><${name} xmlns='urn:xmpp:blocking'>${item}</${name}></iq>`;
const removal = (jid: string): string =>
  `<iq type='set' id='r'><query xmlns='jabber:iq:roster'><item jid='${jid}' subscription='remove'/></query></iq>`;

/** What a client may say; `other` is another person, `session` one of somebody's. */
const stanzas = (act: string, other: string, session: string): readonly string[] => [
  '<presence/>',
  '<presence><show>away</show></presence>',
  "<presence type='unavailable'/>",
  `<presence to='${other}' type='${act}'/>`,
  `<presence to='${other}' type='${act}'/>`,
  `<presence to='${other}' type='${act}'/>`,
  `<presence to='${other}' type='${act}'/>`,
  `<presence to='${session}'/>`,
  removal(other),
  command('block', `<item jid='${other}'/>`),
  command('unblock', ''),
  command('unblock', ''),
];

it.each([1, 2, 3, 4, 5, 6])('everybody sees whom he may see, and no ghosts (run %i)', async (seed) => {
  const chance = chanceOf(seed);
  const one = <T>(list: readonly T[]): T => {
    const found = list[chance(list.length)];
    if (found === undefined) throw new Error('nothing to choose from');
    return found;
  };
  const first = await Promise.all(people.map((address) => comes(address, 'first')));
  for (const { client } of first)
    for (const other of people)
      for (const act of ['subscribe', 'subscribed']) await client.send(`<presence to='${other}' type='${act}'/>`);
  let all = first;
  let met = 0;
  for (let round = 0; round < 100; round++) {
    if (all.length < 3 || (all.length < 6 && chance(5) === 0)) all.push(await comes(one(people), `r${round}`));
    const actor = one(all);
    const other = one(people.filter((address) => address !== actor.session.account.address));
    const fate = chance(24);
    if (actor.lost) {
      // Ten seconds until it is seen away, five minutes until it is gone.
      if (fate < 8) clock.advance(11_000);
      else if (fate > 12) actor.returns();
      else clock.advance(301_000);
      all = all.filter(({ session }) => stage.context.table.byId(session.id) === session);
    } else if (fate < 3) {
      actor.client.leave();
      all = all.filter((each) => each !== actor);
    } else if (fate < 8) await actor.breaks();
    else actor.client.post(one(stanzas(one(acts), other, one(all).session.jid)));
    if (chance(3) > 0 && actor.session.presence !== '') continue;
    await stage.quiet();
    const there = all.filter(({ lost }) => !lost);
    for (const watcher of there) watcher.listen();
    for (const { session, seen } of there) {
      const { must, may } = expected(session, all);
      const others = [...seen].filter((jid) => !jid.startsWith(session.account.address) && !may.includes(jid));
      expect(others.sort()).toEqual(must.filter((jid) => !may.includes(jid)).sort());
      met += others.length;
    }
  }
  expect(met).toBeGreaterThan(10);
});
