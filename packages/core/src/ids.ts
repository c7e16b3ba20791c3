// The identities of the house (ADR 0001): account, address, device, session; opaque, never reused.
import type { Brand } from '@parlance/base/brand';

/** An account's number, given once by the database and never reused. Never seen on the wire. */
export type AccountId = Brand<number, 'AccountId'>;

/** `local@domain`, prepared once at the edge (RFC 7622, RFC 8265). JID and AOR are its wire forms. */
export type Address = Brand<string, 'Address'>;

/** A device's opaque id (SASL2 user-agent id, SIP instance, or one made by us). */
export type DeviceId = Brand<string, 'DeviceId'>;

/** A session's opaque id: its row in the address table, and its stream id for resumption. */
export type SessionId = Brand<string, 'SessionId'>;

/** A place in one account's mailbox. Rises by one per entry; starts high so that imported history fits below. */
export type Sequence = Brand<number, 'Sequence'>;

/** The first sequence that a new mailbox gives: imported history is laid below it. */
export const firstSequence = 1_000_000_000 as Sequence;

/** The protocols whose native payloads pass through the core. */
export type Protocol = 'xmpp' | 'sip';

/** Builds an address from parts that are already prepared. */
export const addressOf = (local: string, domain: string): Address => `${local}@${domain}` as Address;

/** The domain part of an address. */
export const domainOf = (address: Address): string => address.slice(address.lastIndexOf('@') + 1);

/** The local part of an address. */
export const localOf = (address: Address): string => address.slice(0, address.lastIndexOf('@'));
