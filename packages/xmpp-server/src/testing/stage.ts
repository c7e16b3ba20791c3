// A stage for tests: the real core, router, sessions and extension host over a given store, with clients that collect what they are sent.
import type { Clock } from '@parlance/base/clock';
import { silent } from '@parlance/base/log';
import { isRefusal } from '@parlance/base/refusal';
import type { Account } from '@parlance/core/account';
import { Accounts } from '@parlance/core/accounts';
import { AddressTable } from '@parlance/core/address-table';
import { CommitLoop } from '@parlance/core/commit-loop';
import type { Address, Sequence } from '@parlance/core/ids';
import { Router } from '@parlance/core/router';
import type { Committer, Stores } from '@parlance/core/store';
import { Trace } from '@parlance/core/trace';
import type { MailboxLimits } from '@parlance/core/waiting';
import { type Limits, storedLimits } from '@parlance/xml/limits';
import type { ArchiveIds, Context } from '../context.ts';
import type { Extension } from '../extension.ts';
import { ExtensionHost } from '../host.ts';
import { Inbound } from '../inbound.ts';
import { IqTable } from '../iq.ts';
import { IqRouter } from '../iq-router.ts';
import { XmppAdapter } from '../message/deliver.ts';
import { makePoints, type Points } from '../points.ts';
import type { PresenceService } from '../presence/presence-service.ts';
import type { PresenceRoom } from '../presence/room.ts';
import { Requests } from '../requests.ts';
import { XmppSession } from '../session/session.ts';
import { Sessions } from '../session/sessions.ts';
import { StageClient } from './stage-client.ts';

export interface StageParts {
  readonly clock: Clock & { turn(): void };
  readonly stores: Stores;
  readonly committer: Committer;
  readonly extensions: readonly Extension[];
  /** The real roster and presence; without it whoever is allowed may watch, and presence stanzas do nothing. */
  readonly presence?: (context: Context, points: Points) => PresenceRoom;
  /** What may be left in one mailbox; without it as much as anybody likes. */
  readonly mailbox?: MailboxLimits;
}

const limits: Limits = storedLimits;

const archiveIds: ArchiveIds = {
  seal: ({ id }, sequence) => `${id}-${sequence}`,
  open: ({ id }, text) => {
    const [account, sequence] = text.split('-');
    return account === String(id) && sequence !== undefined ? (Number(sequence) as Sequence) : undefined;
  },
};

const unlimited: MailboxLimits = { pending: Number.POSITIVE_INFINITY, strangerDay: Number.POSITIVE_INFINITY };

const makeContext = ({ clock, stores, committer, mailbox: mailboxLimits = unlimited }: StageParts): Context => {
  const table = new AddressTable();
  const isLocal = (domain: string): boolean => domain.endsWith('.example');
  const commits = new CommitLoop(committer, clock, () => undefined);
  const accounts = new Accounts({
    store: stores.accounts,
    clock,
    capacity: 1_000,
    pinned: (address) => table.sessions(address).length > 0,
    settled: () => commits.settled(),
  });
  const trace = new Trace(100);
  let tokens = 0;
  const random = { bytes: (count: number) => new Uint8Array(count), token: () => `token${++tokens}` };
  return {
    clock,
    random,
    requests: new Requests(clock, random),
    log: silent,
    toStanza: () => '<message/>',
    table,
    accounts,
    commits,
    router: new Router({ accounts, table, commits, mailbox: stores.mailbox, trace, isLocal, limits: mailboxLimits }),
    stores,
    archiveIds,
    limits: {
      before: limits,
      after: limits,
      negotiation: 30_000,
      resumption: 300,
      rate: 10_000_000,
      outbound: 1_000_000,
      sessions: 20,
    },
    auth: { plaintext: new Set(), anonymous: new Set() },
    isLocal,
    account: (address) => accounts.peek(address),
  };
};

/** Whoever is allowed in the contact list may watch. */
const presenceOf = ({ table }: Context): PresenceService => {
  const mayWatch: PresenceService['mayWatch'] = (account, address) =>
    account.address === address || account.view.contacts.get(address)?.permission === 'allow';
  return {
    mayWatch,
    maySee: ({ account }, { local, domain }) => mayWatch(account, `${local}@${domain}`),
    available: ({ address }) =>
      table.sessions(address).filter((s): s is XmppSession => s instanceof XmppSession && s.availability !== undefined),
    repeat: () => undefined,
    withdraw: () => undefined,
    restore: () => undefined,
  };
};

export class Stage {
  readonly context: Context;
  readonly points = makePoints();
  readonly sessions: Sessions;
  readonly host: ExtensionHost;
  readonly inbound: Inbound;
  readonly #clock: StageParts['clock'];

  constructor(parts: StageParts) {
    this.#clock = parts.clock;
    this.context = makeContext(parts);
    this.sessions = new Sessions(this.context, this.points);
    const iqs = new IqTable(silent);
    const room = parts.presence?.(this.context, this.points);
    const presence = room?.service ?? presenceOf(this.context);
    this.host = new ExtensionHost({
      context: this.context,
      points: this.points,
      sessions: this.sessions,
      presence,
      iqs,
    });
    if (room !== undefined) this.host.add([room.extension]);
    this.host.add(parts.extensions);
    this.context.router.register(
      new XmppAdapter(this.context, this.points, (session) => this.host.wantsCopies(session)),
    );
    const mayReach = room?.mayReach ?? ((): boolean => true);
    const iqRouter = new IqRouter(this.context, iqs, mayReach, this.points.inboundIq);
    const nobody = { handle: () => undefined };
    this.inbound = new Inbound(this.context, this.points, iqRouter, room?.inbound ?? nobody);
  }

  /** An account that is in the store, loaded if it is not in memory. */
  async account(address: string): Promise<Account> {
    let account: Account | null | undefined;
    void this.context.accounts.load(address as Address).then((found) => {
      account = found;
    });
    await this.until(() => account !== undefined);
    if (account === null || account === undefined) throw new Error(`no account ${address}`);
    return account;
  }

  /** Binds a session of an account that is in the store. */
  async bind(address: string, label: string): Promise<StageClient> {
    const account = await this.account(address);
    const client = new StageClient(this);
    const session = this.sessions.bind(account, label, undefined, client);
    if (isRefusal(session)) throw new Error(session.refused);
    client.bound(session);
    return client;
  }

  /** A client without a session: it will resume one. */
  connect(): StageClient {
    return new StageClient(this);
  }

  /** Lets the event loop turn until `done`; fails after two seconds. */
  async until(done: () => boolean): Promise<void> {
    const start = process.hrtime.bigint();
    while (!done()) {
      if (process.hrtime.bigint() - start > 2_000_000_000n) throw new Error('nothing happened for two seconds');
      this.#clock.turn();
      await new Promise<void>((resolve) => setImmediate(resolve));
    }
  }

  /** Everything that was begun is on disk, and every query that followed from it is answered. */
  async quiet(): Promise<void> {
    for (let round = 0; round < 4; round++) {
      let ready = false;
      const { commits, stores } = this.context;
      const asked = commits.flushed().then(
        () => stores.streams.all(),
        () => stores.streams.all(),
      );
      void asked.finally(() => {
        ready = true;
      });
      await this.until(() => ready);
    }
  }
}
