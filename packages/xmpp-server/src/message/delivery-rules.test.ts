// The delivery rules as tables: every kind of addressee, every kind of stanza, what must become of it (RFC 6121 §8.5, RFC 6120 §10.3–10.5).
import { type Contact, stranger } from '@parlance/core/contact';
import type { Address } from '@parlance/core/ids';
import { type EmbeddedStorage, openEmbedded } from '@parlance/testkit/embedded-storage';
import { FakeClock } from '@parlance/testkit/fake-clock';
import type { Element } from '@parlance/xml/element';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { juliet, online, openCompany, romeo } from '../testing/company.ts';
import type { Stage } from '../testing/stage.ts';
import type { StageClient } from '../testing/stage-client.ts';

let storage: EmbeddedStorage;
let stage: Stage;
let sender: StageClient;

beforeEach(async () => {
  storage = await openEmbedded(juliet, romeo);
  stage = openCompany({ clock: new FakeClock(), ...storage });
  sender = await online(stage, romeo, 'orchard');
});
afterEach(() => storage.close());

/** Juliet's sessions: label and priority; undefined: connected, never announced. */
const situations: Readonly<Record<string, readonly (readonly [string, number | undefined])[]>> = {
  nobody: [],
  unannounced: [['balcony', undefined]],
  negative: [['balcony', -1]],
  one: [['balcony', 0]],
  several: [
    ['balcony', 0],
    ['garden', 5],
    ['cellar', -1],
  ],
};

const priority = (value: number): string => `<presence><priority>${value}</priority></presence>`;

const come = async (situation: string): Promise<readonly StageClient[]> => {
  const clients: StageClient[] = [];
  for (const [label, value] of situations[situation] ?? []) {
    const client = await stage.bind(juliet, label);
    if (value !== undefined) await client.send(priority(value));
    clients.push(client);
  }
  for (const client of [sender, ...clients]) client.taken();
  return clients;
};

const addresses: Readonly<Record<string, string>> = {
  bare: juliet,
  balcony: `${juliet}/balcony`,
  absent: `${juliet}/nowhere`,
  'no such user': 'tybalt@capulet.example',
  'no such user/x': 'tybalt@capulet.example/x',
  domain: 'capulet.example',
  'domain/x': 'capulet.example/x',
  'other domain': 'verona.invalid',
  'user elsewhere': 'paris@verona.invalid',
  malformed: 'juliet@',
  'own bare': romeo,
  'own full': `${romeo}/orchard`,
  'own garden': `${romeo}/garden`,
  'own absent': `${romeo}/nowhere`,
};

const conditions: Readonly<Record<string, string>> = {
  'service-unavailable': 'E',
  'remote-server-not-found': 'R',
  'jid-malformed': 'M',
  'bad-request': 'B',
};

const condition = (stanza: Element): string | undefined => stanza.child('error')?.elements()[0]?.name;

/** What the sender was told: error conditions in short. */
const told = (stanzas: readonly Element[]): readonly string[] =>
  stanzas.flatMap((stanza) => conditions[condition(stanza) ?? ''] ?? condition(stanza) ?? []);

/** Whether a client got the stanza itself, with its `to` as it was given (§8.5.2.1.1). */
const got = (stanzas: readonly Element[], id: string, to: string | undefined): boolean =>
  stanzas.some((stanza) => stanza.attr('id') === id && stanza.attr('to') === to && condition(stanza) === undefined);

/** Who got it, and nobody else, in short. */
const receivers: Readonly<Record<string, string>> = {
  balcony: 'D',
  garden: 'D',
  orchard: 'D',
  'balcony,garden': 'A',
  'orchard,garden': 'A',
  'balcony,garden,cellar': '*',
};

const waiting = (): number => stage.context.accounts.peek(juliet as Address)?.waiting.size ?? 0;

/**
 * Sends stanzas one by one, each to the address if there is one, and says what became of them: D one session got it, A all
 * that take messages, * all that are available, O it waits, a letter for an error, S silence.
 */
const outcomes = async (
  stanzas: readonly string[],
  to: string | undefined,
  clients: readonly StageClient[],
): Promise<readonly string[]> => {
  const seen: string[] = [];
  for (const [at, stanza] of stanzas.entries()) {
    const id = `s${at}`;
    const before = waiting();
    await sender.send(stanza.replace(/^<\w+/, `$& id='${id}'${to === undefined ? '' : ` to='${to}'`}`));
    const answers = sender.taken();
    // A message to nobody is one to the sender's account (RFC 6120 §10.3.1).
    const addressee = to ?? (stanza.startsWith('<message') ? romeo : undefined);
    const have = clients.filter((client) => got(client === sender ? answers : client.taken(), id, addressee));
    const labels = have.map(({ session }) => session.label).join();
    seen.push(`${receivers[labels] ?? labels}${told(answers).join('')}${waiting() > before ? 'O' : ''}` || 'S');
  }
  return seen;
};

const rows = (table: string): readonly (readonly string[])[] =>
  table
    .trim()
    .split('\n')
    .map((line) => line.trim().split(/\s{2,}/));

const typed = (name: string, content: string, types: readonly string[]): readonly string[] =>
  types.map((type) => `<${name}${type === '' ? '' : ` type='${type}'`}>${content}</${name}>`);

describe('messages: chat, normal, without and with an unknown type, groupchat, headline, error', () => {
  const types = ['chat', 'normal', '', 'nonsense', 'groupchat', 'headline', 'error'];
  const stanzas = typed('message', '<body>o</body>', types);

  it.each(
    rows(`
      nobody       bare            O  O  O  O  E  S  S  §8.5.2.2.1
      nobody       absent          O  E  E  E  E  S  S  §8.5.3.2.1
      unannounced  bare            O  O  O  O  E  S  S  §8.5.2.2.1
      unannounced  balcony         D  D  D  D  D  D  D  §8.5.3.1
      unannounced  absent          O  E  E  E  E  S  S  §8.5.3.2.1
      negative     bare            O  O  O  O  E  S  S  §8.5.2.1.1
      negative     balcony         D  D  D  D  D  D  D  §8.5.3.1
      negative     absent          O  E  E  E  E  S  S  §8.5.3.2.1
      one          bare            D  D  D  D  E  D  S  §8.5.2.1.1
      one          balcony         D  D  D  D  D  D  D  §8.5.3.1
      one          absent          D  E  E  E  E  S  S  §8.5.3.2.1
      several      bare            A  A  A  A  E  A  S  §8.5.2.1.1
      several      balcony         D  D  D  D  D  D  D  §8.5.3.1
      several      absent          A  E  E  E  E  S  S  §8.5.3.2.1
      nobody       no such user    E  E  E  E  E  S  S  §8.5.1, §8.5.4
      nobody       no such user/x  E  E  E  E  E  S  S  §8.5.1, §8.5.4
      nobody       domain          E  E  E  E  E  E  S  RFC 6120 §10.5.1
      nobody       domain/x        E  E  E  E  E  E  S  RFC 6120 §10.5.2
      nobody       other domain    R  R  R  R  R  R  S  RFC 6120 §10.4
      nobody       user elsewhere  R  R  R  R  R  R  S  RFC 6120 §10.4
      nobody       malformed       M  M  M  M  M  M  S  RFC 6120 §8.3.3.8
    `),
  )('%s, to %s', async (situation = '', address = '', ...cells) => {
    const clients = await come(situation);
    expect(await outcomes(stanzas, addresses[address], clients)).toEqual(cells.slice(0, types.length));
  });

  it.each(
    rows(`
      nobody      A  A  A  A  E  A  S  RFC 6120 §10.3.1
      own bare    A  A  A  A  E  A  S  §8.5.2.1.1
      own full    D  D  D  D  D  D  D  §8.5.3.1
      own garden  D  D  D  D  D  D  D  §8.5.3.1
      own absent  A  E  E  E  E  S  S  §8.5.3.2.1
    `),
  )('from one of one’s own three sessions, to %s', async (address = '', ...cells) => {
    const others = [await online(stage, romeo, 'garden'), await online(stage, romeo, 'cellar', priority(-1))];
    for (const client of [sender, ...others]) client.taken();
    const seen = await outcomes(stanzas, addresses[address], [sender, ...others]);
    expect(seen).toEqual(cells.slice(0, types.length));
  });
});

describe('requests and answers: get, set, result, error, an unknown type', () => {
  const types = ['get', 'set', 'result', 'error', 'nonsense'];
  const stanzas = typed('iq', "<x xmlns='urn:example:x'/>", types);

  /** Romeo may see Juliet's presence. */
  const allow = (): void => {
    const account = stage.context.accounts.peek(juliet as Address);
    if (account === undefined || account === null) return;
    const row: Contact = { ...stranger(romeo as Address, 0), listed: true, permission: 'allow' };
    account.view = { ...account.view, contacts: new Map([[romeo, row]]) };
  };

  it.each(
    rows(`
      nobody          E  E  S  S  B  RFC 6120 §10.3.3
      own bare        E  E  S  S  B  RFC 6120 §10.3.3
      own full        D  D  D  D  B  §8.5.3.1
      own absent      E  E  S  S  B  §8.5.3.2.3
      bare            E  E  S  S  B  §8.5.2.1.3
      balcony         D  D  D  D  B  §8.5.3.1
      absent          E  E  S  S  B  §8.5.3.2.3
      no such user    E  E  S  S  B  §8.5.1
      no such user/x  E  E  S  S  B  §8.5.1
      domain          E  E  S  S  B  RFC 6120 §10.5.1
      domain/x        E  E  S  S  B  RFC 6120 §10.5.2
      other domain    R  R  S  S  B  RFC 6120 §10.4
      user elsewhere  R  R  S  S  B  RFC 6120 §10.4
      malformed       M  M  S  S  M  RFC 6120 §8.3.3.8, §8.2.3
    `),
  )('to %s, from somebody who may see it', async (address = '', ...cells) => {
    const clients = await come('several');
    allow();
    const seen = await outcomes(stanzas, addresses[address], [sender, ...clients]);
    expect(seen).toEqual(cells.slice(0, types.length));
  });

  it.each(['unannounced', 'one', 'several'])(
    '%s: no stranger reaches a session with a request (§8.5.3.1)',
    async (situation) => {
      const clients = await come(situation);
      expect(await outcomes(stanzas, addresses['balcony'], clients)).toEqual(['E', 'E', 'D', 'D', 'B']);
    },
  );

  it.each(['nobody', 'unannounced', 'negative', 'one'])(
    '%s: the server answers for the account (§8.5.2.1.3, §8.5.2.2.3)',
    async (situation) => {
      const clients = await come(situation);
      expect(await outcomes(stanzas, addresses['bare'], clients)).toEqual(['E', 'E', 'S', 'S', 'B']);
    },
  );
});

describe('presence: available, unavailable, error, an unknown type', () => {
  const types = ['', 'unavailable', 'error', 'nonsense'];
  const stanzas = typed('presence', '', types);

  it.each(
    rows(`
      nobody       bare            S  S  S  B  §8.5.2.2.2
      nobody       absent          S  S  S  B  §8.5.3.2.2
      unannounced  bare            S  S  S  B  §8.5.2.2.2
      unannounced  balcony         D  D  D  B  §8.5.3.1
      negative     bare            D  D  S  B  §8.5.2.1.2
      one          bare            D  D  S  B  §8.5.2.1.2
      one          balcony         D  D  D  B  §8.5.3.1
      one          absent          S  S  S  B  §8.5.3.2.2
      several      bare            *  *  S  B  §8.5.2.1.2
      several      balcony         D  D  D  B  §8.5.3.1
      several      absent          S  S  S  B  §8.5.3.2.2
      nobody       no such user    S  S  S  B  §8.5.1
      nobody       no such user/x  S  S  S  B  §8.5.1
      nobody       domain          S  S  S  B  RFC 6120 §10.5.1
      nobody       other domain    R  R  S  B  RFC 6120 §10.4
      nobody       user elsewhere  R  R  S  B  RFC 6120 §10.4
      nobody       malformed       M  M  S  M  RFC 6120 §8.3.3.8
    `),
  )('%s, to %s', async (situation = '', address = '', ...cells) => {
    const clients = await come(situation);
    expect(await outcomes(stanzas, addresses[address], clients)).toEqual(cells.slice(0, types.length));
  });

  it.each(
    rows(`
      nobody   no such user    §8.5.1
      nobody   no such user/x  §8.5.1
      nobody   bare            §8.5.2.2.2
      several  absent          §8.5.3.2.2
    `),
  )('%s, subscriptions and probes to %s: no error', async (situation = '', address = '') => {
    await come(situation);
    const acts = typed('presence', '', ['subscribe', 'subscribed', 'unsubscribe', 'unsubscribed', 'probe']);
    for (const act of acts) await sender.send(act.replace('>', ` to='${addresses[address]}'>`));
    expect(told(sender.taken())).toEqual([]);
  });

  it('a request goes to all available sessions, as to the bare address (§3.1.2, §3.1.3)', async () => {
    const clients = await come('several');
    await sender.send(`<presence type='subscribe' id='s' to='${juliet}/nowhere'/>`);
    expect(clients.map((client) => got(client.taken(), 's', juliet))).toEqual([true, true, true]);
  });
});
