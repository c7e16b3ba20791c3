// What the SIP side of the server is given by the composition root: ports, services of the core, transports, and limits.
import type { Clock } from '@parlance/base/clock';
import type { Log } from '@parlance/base/log';
import type { Random } from '@parlance/base/random';
import type { Accounts } from '@parlance/core/accounts';
import type { AddressTable } from '@parlance/core/address-table';
import type { CommitLoop } from '@parlance/core/commit-loop';
import type { Address } from '@parlance/core/ids';
import type { Router } from '@parlance/core/router';
import type { Stores } from '@parlance/core/store';
import type { SipRequest } from '@parlance/sip/message';
import type { Transactions } from '@parlance/sip/transaction/transactions';
import type { Authenticator } from './auth/authenticator.ts';
import type { Transports } from './transport/transports.ts';

export interface SipLimits {
  /** Contacts of one account at a time (SECURITY-CHECKLIST 59). */
  readonly bindings: number;
  /** Seconds for which a contact may be registered: asked for less, the phone is told so (423); asked for more, it gets this. */
  readonly shortest: number;
  readonly longest: number;
  /** Bytes of a MESSAGE's body (513 beyond). */
  readonly messageBytes: number;
  /** False: messages wait for a device, and nothing is kept once one has them (CONTRACT, `archive.enabled`). */
  readonly archiving: boolean;
}

/** A message of the other protocol as SIP would have it: the payload v1 of ADR 0002, made by the gateway. */
export type Translate = (payload: string | Uint8Array) => SipRequest | undefined;

export interface SipContext {
  readonly clock: Clock;
  readonly random: Random;
  readonly log: Log;
  readonly table: AddressTable;
  readonly accounts: Accounts;
  readonly commits: CommitLoop;
  readonly router: Router;
  readonly stores: Stores;
  readonly transports: Transports;
  readonly transactions: Transactions;
  readonly authenticator: Authenticator;
  readonly limits: SipLimits;
  readonly isLocal: (domain: string) => boolean;
  /** An address from a user part, unescaped, and a host; undefined when nobody can have it (RFC 8265). */
  readonly addressFrom: (user: string, domain: string) => Address | undefined;
  /** The user part and the resource as other people's SIP URIs show them; see the gateway. */
  readonly fromForeign: Translate;
  /** A text that only this installation can make of its parts: ids that come out equal after a restart. */
  readonly seal: (...parts: readonly string[]) => string;
}
