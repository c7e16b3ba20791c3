// What the event packages are given: of the SIP side as much as they need, and what the two protocols share (ADR 0006, 0007).
import type { Refusal } from '@parlance/base/refusal';
import type { Account } from '@parlance/core/account';
import type { Address } from '@parlance/core/ids';
import type { Board, Present } from '@parlance/core/presence';
import type { Tuple } from '@parlance/sip/presence/document';
import type { SipContext } from '../context.ts';
import type { Transports } from '../transport/transports.ts';

export interface EventContext
  extends Pick<SipContext, 'clock' | 'random' | 'log' | 'accounts' | 'transactions' | 'seal'> {
  readonly transports: Pick<Transports, 'sentBy' | 'flowTo'>;
  readonly limits: Pick<SipContext['limits'], 'longest'>;
  readonly board: Board;
  readonly contacts: ContactList;
  /** What an XMPP session says, as SIP would say it; made by the gateway. */
  readonly tupleOf: (present: Present) => Tuple;
}

/** The contact lists, whoever keeps them: one permission for both protocols (ADR 0006). */
export interface ContactList {
  /** On behalf of an account: it wants to watch this address from now on. Both lists say so afterwards. */
  ask(account: Account, to: Address): Refusal | undefined | Promise<Refusal | undefined>;
}
