// The core is neutral: a SIP REGISTER and MESSAGE pass through the address table, mailbox and router like a stanza would (DESIGN §2).
import { FakeClock } from '@parlance/testkit/fake-clock';
import { expect, it } from 'vitest';
import { Account, emptyView } from './account.ts';
import { Accounts } from './accounts.ts';
import { AddressTable } from './address-table.ts';
import { CommitLoop } from './commit-loop.ts';
import type { Envelope } from './envelope.ts';
import { type AccountId, type Address, domainOf, firstSequence, type SessionId } from './ids.ts';
import { type Delivery, Router } from './router.ts';
import type { Session } from './session.ts';
import type { Entry, MailboxStore, Write } from './store.ts';
import { Trace } from './trace.ts';

const account = (id: number, address: string): Account =>
  new Account(id as AccountId, address as Address, emptyView, firstSequence);

/** What a registrar makes of `REGISTER sip:example.org` with `Contact: <sip:bob@192.0.2.4:5060>;+sip.instance="…"`. */
const binding = (owner: Account): Session => ({
  id: 'binding-1' as SessionId,
  protocol: 'sip',
  account: owner,
  label: 'urn:uuid:f81d4fae-7dec-11d0-a765-00a0c91e6bf6',
  device: undefined,
  remote: { address: '192.0.2.4', port: 5060 },
  since: 0,
  availability: { show: 'online', priority: 0 },
  connected: true,
  reachable: true,
});

/** RFC 3428 §10, F1: each MESSAGE independent. */
const message = (text: string): Envelope => ({
  from: 'alice@example.org' as Address,
  fromLabel: '',
  to: 'bob@example.org' as Address,
  toLabel: '',
  kind: 'chat',
  native: { protocol: 'sip', payload: () => `Content-Type: text/plain\r\n\r\n${text}` },
  time: 0,
  keep: { archive: true, pending: true },
  copies: true,
  columns: { originId: 'asd88asd77a@1.2.3.4', text },
});

const house = () => {
  const clock = new FakeClock();
  const alice = account(1, 'alice@example.org');
  const bob = account(2, 'bob@example.org');
  const table = new AddressTable();
  const kept: Entry[] = [];
  const mailbox = {
    reserve: () => ({}) as Write,
    append: (_message: Envelope, entries: readonly Entry[]): Write[] => {
      kept.push(...entries);
      return [];
    },
  } as Partial<MailboxStore> as MailboxStore;
  const store = {
    load: (wanted: readonly Address[]) =>
      Promise.resolve([alice, bob].filter(({ address }) => wanted.includes(address))),
  };
  const commits = new CommitLoop({ commit: (_writes: readonly Write[]) => Promise.resolve() }, clock, () => undefined);
  const settled = (): Promise<void> => commits.settled();
  const accounts = new Accounts({ store: store as never, clock, capacity: 10, pinned: () => false, settled });
  const trace = new Trace(8);
  const router = new Router({
    accounts,
    table,
    commits,
    mailbox,
    trace,
    limits: { pending: 10, strangerDay: 10 },
    isLocal: (d) => d === domainOf(message('').to),
  });
  const delivered: { delivery: Delivery; chosen: readonly Session[] }[] = [];
  router.register({
    protocol: 'sip',
    deliver: (delivery, chosen) => {
      delivered.push({ delivery, chosen });
      return chosen.map(({ remote }) => ({ row: 'bob@example.org', remote, action: 'delivered' as const }));
    },
  });
  return { clock, alice, bob, table, router, kept, delivered, trace };
};

const submit = async ({ clock, router, alice }: ReturnType<typeof house>, text: string): Promise<unknown> => {
  const outcome = router.submit(message(text), alice, undefined);
  for (let turn = 0; turn < 5; turn++) {
    clock.advance(0);
    await new Promise((resolve) => setImmediate(resolve));
  }
  return outcome;
};

it('a registered phone gets a MESSAGE as it was sent, and both mailboxes keep it', async () => {
  const h = house();
  h.table.add(binding(h.bob));
  expect(await submit(h, 'Watson, come here.')).toBeUndefined();
  expect(h.delivered.map(({ chosen }) => chosen.map(({ label }) => label))).toEqual([
    ['urn:uuid:f81d4fae-7dec-11d0-a765-00a0c91e6bf6'],
  ]);
  expect(h.delivered[0]?.delivery.envelope.native.payload()).toContain('Watson, come here.');
  expect(h.kept.map(({ account: id, direction, pending }) => [id, direction, pending])).toEqual([
    [2, 'in', false],
    [1, 'out', false],
  ]);
  expect(h.trace.find('asd88asd77a@1.2.3.4')[0]?.steps).toEqual([
    { row: 'bob@example.org', remote: { address: '192.0.2.4', port: 5060 }, action: 'delivered' },
  ]);
});

it('without a binding the MESSAGE waits', async () => {
  const h = house();
  expect(await submit(h, 'Are you there?')).toBeUndefined();
  expect(h.delivered).toEqual([]);
  expect(h.kept.map(({ pending }) => pending)).toEqual([true, false]);
});
