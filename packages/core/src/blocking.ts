// Who is blocked: the one place where an account's block list is matched against an address (XEP-0191 §6).
import type { Account } from './account.ts';
import { type Address, domainOf } from './ids.ts';

/**
 * Whether `owner` has blocked a party: `address` is `local@domain` or a bare domain, `label` its resource, '' when it
 * has none. Matches `address/label`, `address`, or the address's domain (§6); the order does not change the answer, as
 * every pattern denies. One's own sessions are never blocked from each other (§5, note). At most three look-ups.
 */
export const isBlocked = (owner: Pick<Account, 'address' | 'view'>, address: string, label: string): boolean => {
  const { blocked } = owner.view;
  if (blocked.size === 0 || address === owner.address) return false;
  if (blocked.has(address) || blocked.has(domainOf(address as Address))) return true;
  return label !== '' && blocked.has(`${address}/${label}`);
};
