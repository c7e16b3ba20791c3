// What a client may keep instead of a password: the keys of SCRAM for one salt, of no use at any other server (RFC 5802 §3, §9).
import type { HashName } from '@parlance/base/crypto';
import type { ScramKeys } from '@parlance/base/scram-keys';

export interface KeptKeys extends Pick<ScramKeys, 'clientKey' | 'serverKey'> {
  readonly hash: HashName;
  readonly salt: Uint8Array;
  readonly rounds: number;
}

/** The password itself, or the keys that were kept of it. */
export type Password = string | KeptKeys;

/** Whether the keys belong to what a server says of its account: another salt means another password, or another server. */
export const areFor = (keys: KeptKeys, hash: HashName, salt: Uint8Array, rounds: number): boolean =>
  keys.hash === hash &&
  keys.rounds === rounds &&
  keys.salt.length === salt.length &&
  keys.salt.every((byte, index) => byte === salt[index]);
