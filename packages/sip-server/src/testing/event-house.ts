// People with phones, for tests of event packages: accounts on disk, contact lists that a test writes, and no XMPP.
import type { Clock } from '@parlance/base/clock';
import type { Account } from '@parlance/core/account';
import { Accounts } from '@parlance/core/accounts';
import { AddressTable } from '@parlance/core/address-table';
import { CommitLoop } from '@parlance/core/commit-loop';
import { type Permission, stranger } from '@parlance/core/contact';
import type { Address } from '@parlance/core/ids';
import { Board } from '@parlance/core/presence';
import type { Committer, Stores } from '@parlance/core/store';
import { Waiting } from '@parlance/core/waiting';
import { Events } from '../events/events.ts';
import { EventPhone, EventStage } from './event-stage.ts';

export const juliet = 'juliet@a.example' as Address;
export const romeo = 'romeo@a.example' as Address;
export const nurse = 'nurse@a.example' as Address;

/** The clock that the test owns. */
type HouseClock = Clock & { turn(): void; advanceAsync(ms: number): Promise<void> };

interface Disk {
  readonly stores: Stores;
  readonly committer: Committer;
}

export interface EventHouse {
  readonly stage: EventStage;
  readonly events: Events;
  readonly board: Board;
  readonly waiting: Waiting;
  /** Whom somebody asked to watch. */
  readonly asked: string[];
  account(address: Address): Promise<Account>;
  phone(address: Address, name: string): Promise<EventPhone>;
  /** The owner decides about somebody, as if in his chat client. */
  decide(owner: Address, watcher: Address, permission: Permission): Promise<void>;
}

export const openEventHouse = (clock: HouseClock, { stores, committer }: Disk): EventHouse => {
  const table = new AddressTable();
  const board = new Board();
  const commits = new CommitLoop(committer, clock, () => undefined);
  const accounts = new Accounts({
    store: stores.accounts,
    clock,
    capacity: 100,
    pinned: () => true,
    settled: () => commits.settled(),
  });
  const asked: string[] = [];
  const contacts = { ask: ({ address }: Account, to: Address) => void asked.push(`${address} ${to}`) };
  const tupleOf = () => ({ id: 'ID-x', basic: 'open', statuses: [], devices: [], notes: [], extensions: [] }) as const;
  const stage = new EventStage({ clock, accounts, table, commits, stores, board, contacts, tupleOf });
  const waiting = new Waiting(commits, stores.mailbox);
  const events = new Events(stage.context, stage.bindings, waiting);
  const account = async (address: Address): Promise<Account> => {
    const loading = accounts.load(address);
    await clock.advanceAsync(0);
    const found = await loading;
    if (found === null) throw new Error(`no account ${address}`);
    return found;
  };
  return {
    stage,
    events,
    board,
    waiting,
    asked,
    account,
    phone: async (address, name) => new EventPhone(stage, events, await account(address), name),
    decide: async (owner, watcher, permission) => {
      const of = await account(owner);
      const before = of.view.contacts.get(watcher);
      const contact = { ...(before ?? stranger(watcher, 0)), permission };
      of.view = { ...of.view, contacts: new Map([...of.view.contacts, [watcher, contact]]) };
      events.permissionChanged({ account: of, address: watcher, before, contact });
      clock.turn();
    },
  };
};
