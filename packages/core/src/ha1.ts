// HA1: what digest authentication checks instead of a password, and as good as one in its domain. Kept sealed, a row of its own (DESIGN §2, ADR 0013; RFC 7616 §3.4.2).
import type { DigestHash, Vault } from '@parlance/base/crypto';
import { ha1Of } from '@parlance/base/digest-keys';
import type { Credential } from './credentials.ts';
import { type Address, domainOf, localOf } from './ids.ts';

/** The kind of credential. Its device is '' for the account's own password, else that of an app password. */
export const ha1Kind = 'sip-ha1';

/** Algorithms for which rows are made; of a password that is gone no other can be made later. */
export type Ha1Algorithm = 'SHA-256' | 'MD5';

/** In lower-case hexadecimal, for a user name that is the local part, and for one that is the whole address. */
export interface Ha1Forms {
  readonly local: string;
  readonly address: string;
}

export type Ha1 = Readonly<Record<Ha1Algorithm, Ha1Forms>>;

export interface Ha1Ports {
  readonly hash: DigestHash;
  readonly vault: Vault;
}

/** What an app password is called, and since when it is there: in milliseconds since 1970. */
export interface Ha1Note {
  readonly label: string;
  readonly created: number;
}

/** A row belongs to one device of one address: copied elsewhere it opens nothing. */
const contextOf = (address: Address, device: string): string => `${ha1Kind}\0${address}\0${device}`;

/** The realm is the domain. `password` as it was typed: RFC 7616 §4 wants normalisation form C and no more. */
const formsOf = (hash: DigestHash, algorithm: Ha1Algorithm, address: Address, password: string): readonly string[] =>
  [localOf(address), address].map((user) => ha1Of(hash, algorithm, user, domainOf(address), password.normalize('NFC')));

export interface Ha1Owner extends Pick<Credential, 'device' | 'version'> {
  readonly address: Address;
  readonly note?: Ha1Note;
}

export const ha1Credential = (
  { hash, vault }: Ha1Ports,
  { address, device, version, note }: Ha1Owner,
  password: string,
): Credential => {
  const secret = [...formsOf(hash, 'SHA-256', address, password), ...formsOf(hash, 'MD5', address, password)].join(' ');
  const sealed = vault.seal(secret, contextOf(address, device));
  return { kind: ha1Kind, device, version, parameters: JSON.stringify({ sealed, ...note }) };
};

/** What a row holds; undefined when it is not one of this address and device, or its key is lost. */
export const openHa1 = (
  vault: Vault,
  address: Address,
  { device, parameters }: Pick<Credential, 'device' | 'parameters'>,
): Ha1 | undefined => {
  const { sealed } = JSON.parse(parameters) as { readonly sealed?: unknown };
  const secret = typeof sealed === 'string' ? vault.open(sealed, contextOf(address, device)) : undefined;
  const [sha, shaAddress, md5, md5Address] = secret?.split(' ') ?? [];
  if (sha === undefined || shaAddress === undefined || md5 === undefined || md5Address === undefined) return undefined;
  return { 'SHA-256': { local: sha, address: shaAddress }, MD5: { local: md5, address: md5Address } };
};

/** The note of a row, '' and 0 where it has none. */
export const noteOf = ({ parameters }: Pick<Credential, 'parameters'>): Ha1Note => {
  const { label, created } = JSON.parse(parameters) as Partial<Ha1Note>;
  return { label: label ?? '', created: created ?? 0 };
};
