// What the XMPP side of the server is given by the composition root: ports, services of the core, and limits.
import type { Clock } from '@parlance/base/clock';
import type { Log } from '@parlance/base/log';
import type { Random } from '@parlance/base/random';
import type { Account } from '@parlance/core/account';
import type { Accounts } from '@parlance/core/accounts';
import type { AddressTable } from '@parlance/core/address-table';
import type { CommitLoop } from '@parlance/core/commit-loop';
import type { Address, Sequence } from '@parlance/core/ids';
import type { Router } from '@parlance/core/router';
import type { Stores } from '@parlance/core/store';
import type { Limits } from '@parlance/xml/limits';
import type { ToStanza } from './message/native.ts';
import type { Requests } from './requests.ts';

/** Makes and reads archive ids: a keyed cipher of account and sequence, unpredictable to clients (DESIGN §2). */
export interface ArchiveIds {
  seal(account: Account, sequence: Sequence): string;
  /** Undefined when this server did not make the id for this account. */
  open(account: Account, id: string): Sequence | undefined;
}

export interface XmppLimits {
  /** Before authentication: 10 KB and depth 8 (SECURITY-CHECKLIST 2). */
  readonly before: Limits;
  readonly after: Limits;
  /** Milliseconds a connection has until it is bound, whatever it sends. */
  readonly negotiation: number;
  /** Seconds a stream may be resumed after its connection is gone. */
  readonly resumption: number;
  /** Bytes that all sessions of one account may send in a second, in the long run (`pace.ts`). */
  readonly rate: number;
  /** Bytes queued to one session before it is detached. */
  readonly outbound: number;
  /** Sessions of one account at a time. */
  readonly sessions: number;
}

/** How people may sign in. */
export interface AuthSettings {
  /** Domains that take passwords also off a secure path (ADR 0005). */
  readonly plaintext: ReadonlySet<string>;
  /** Domains with temporary accounts for anybody (XEP-0175). */
  readonly anonymous: ReadonlySet<string>;
}

export interface Context {
  readonly clock: Clock;
  readonly random: Random;
  readonly log: Log;
  readonly table: AddressTable;
  readonly accounts: Accounts;
  readonly commits: CommitLoop;
  readonly router: Router;
  readonly stores: Stores;
  readonly archiveIds: ArchiveIds;
  readonly toStanza: ToStanza;
  /** Requests of the server to its own clients. */
  readonly requests: Requests;
  readonly limits: XmppLimits;
  readonly auth: AuthSettings;
  readonly isLocal: (domain: string) => boolean;
  /** The account behind an address if it is in memory (its sessions keep it there). */
  readonly account: (address: Address) => Account | null | undefined;
}
