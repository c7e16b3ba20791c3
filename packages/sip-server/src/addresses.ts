// SIP URIs and the house's addresses: one is a wire form of the other (ADR 0001; RFC 3261 §10.3 step 5, §19.1).
import { type Address, domainOf, localOf } from '@parlance/core/ids';
import { escapeUser, isSip, readUri, type SipUri, unescaped } from '@parlance/sip/uri';
import type { SipContext } from './context.ts';

/** The address that a URI names: canonical, without parameters. Undefined when no account can have it. */
export const addressIn = (
  { addressFrom }: Pick<SipContext, 'addressFrom'>,
  { user, host }: Pick<SipUri, 'user' | 'host'>,
): Address | undefined => {
  const local = user === undefined ? undefined : unescaped(user);
  return local === undefined ? undefined : addressFrom(local, host);
};

/** As `addressIn`, of a URI as text. Throws `SipError` 400. */
export const addressOfUri = (context: Pick<SipContext, 'addressFrom'>, text: string): Address | undefined => {
  const uri = readUri(text);
  return isSip(uri) ? addressIn(context, uri) : undefined;
};

export const uriOf = (address: Address): string => `sip:${escapeUser(localOf(address))}@${domainOf(address)}`;
