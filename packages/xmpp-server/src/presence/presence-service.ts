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
}
