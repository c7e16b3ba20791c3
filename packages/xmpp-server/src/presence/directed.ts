// Directed presence: whom a session told of itself beside its watchers, so that they hear of its end (RFC 6121 §4.6).
import { formatJid, type Jid } from '@parlance/xmpp/jid';
import { sessionKey } from '../session/keys.ts';
import type { XmppSession } from '../session/session.ts';

/** Addresses, full or bare, as they were given; survives resumption with the session. */
const told = sessionKey<readonly string[]>('directed presence', [], true);

/** More are refused: rooms and passing acquaintances of one session. */
const capacity = 512;

const change = (session: XmppSession, addresses: readonly string[]): void => {
  session.values.set(told, addresses);
  session.touch();
};

/** The addresses that got directed presence and no directed unavailable presence after it. */
export const directed = (session: XmppSession): readonly string[] => session.values.get(told);

/** Notes a recipient; false when there are too many. */
export const direct = (session: XmppSession, to: Jid): boolean => {
  const address = formatJid(to);
  const present = directed(session);
  if (present.includes(address)) return true;
  if (present.length >= capacity) return false;
  change(session, [...present, address]);
  return true;
};

/** Strikes recipients off: told of the end, or gone themselves (§4.6.1). */
export const undirect = (session: XmppSession, isGone: (address: string) => boolean): void => {
  const left = directed(session).filter((address) => !isGone(address));
  if (left.length < directed(session).length) change(session, left);
};

/** Whether an address was told, as this resource or as the account it belongs to (§8.5.3.1). */
export const isDirected = (session: XmppSession, bare: string, resource: string): boolean => {
  const addresses = directed(session);
  return addresses.length > 0 && (addresses.includes(bare) || addresses.includes(`${bare}/${resource}`));
};
