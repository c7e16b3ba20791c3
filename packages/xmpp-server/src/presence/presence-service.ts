// What the rest of the server may ask about presence (RFC 6121 §4); implemented in this folder.
import type { Account } from '@parlance/core/account';
import type { Jid } from '@parlance/xmpp/jid';
import type { XmppSession } from '../session/session.ts';

export interface PresenceService {
  /** Whether `address` (`local@domain`) may see the account's presence: allowed, or the account itself (RFC 6121 §3.1). */
  mayWatch(account: Account, address: string): boolean;
  /** Whether `from` may see this very session: by subscription, or by presence the session directed at it (RFC 6121 §8.5.3.2.3). */
  maySee(session: XmppSession, from: Jid): boolean;
  /** The sessions of an account that have announced themselves. */
  available(account: Account): readonly XmppSession[];
  /** Broadcasts the presence of an account's sessions again where extensions make something else of it by now (XEP-0398 §4). */
  repeat(account: Account): void;
  /** The account and those among these addresses who see each other see each other go; called before they are blocked (XEP-0191 §3.3). */
  withdraw(account: Account, patterns: ReadonlySet<string>): void;
  /** Shows the account and its formerly blocked contacts to each other again; called after they are unblocked (XEP-0191 §3.4). */
  restore(account: Account, patterns: ReadonlySet<string>): void;
}
