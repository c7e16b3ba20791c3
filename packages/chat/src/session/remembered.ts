// What signs in again after a reload, as text: an address and keys of SCRAM, never a password (RFC 5802 §3).
import { fromBase64, toBase64 } from '@parlance/base/base64';
import type { Remembered } from './chat.ts';

const hashes = ['SHA-1', 'SHA-256', 'SHA-512'] as const;

export const writeRemembered = ({ address, keys }: Remembered): string => {
  const { hash, salt, rounds, clientKey, serverKey } = keys;
  const texts = { salt: toBase64(salt), clientKey: toBase64(clientKey), serverKey: toBase64(serverKey) };
  return JSON.stringify({ address, hash, rounds, ...texts });
};

const bytes = (value: unknown): Uint8Array | undefined => (typeof value === 'string' ? fromBase64(value) : undefined);

/** Undefined for anything that `writeRemembered` does not write. */
export const readRemembered = (json: unknown): Remembered | undefined => {
  const { address, hash, rounds, ...texts } = (json ?? {}) as Readonly<Record<string, unknown>>;
  const known = hashes.find((name) => name === hash);
  const [salt, clientKey, serverKey] = [bytes(texts['salt']), bytes(texts['clientKey']), bytes(texts['serverKey'])];
  if (typeof address !== 'string' || known === undefined || typeof rounds !== 'number') return undefined;
  if (salt === undefined || clientKey === undefined || serverKey === undefined) return undefined;
  return { address, keys: { hash: known, salt, rounds, clientKey, serverKey } };
};
