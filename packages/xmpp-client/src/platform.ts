// Time, chance and cryptography of a running client, in Node and in browsers alike.
import type { Clock } from '@parlance/base/clock';
import type { Crypto } from '@parlance/base/crypto';
import type { Random } from '@parlance/base/random';
import { clientCrypto } from './crypto.ts';
import { systemClock } from './system-clock.ts';

/** What a client needs of its surroundings. */
export interface Platform {
  readonly clock: Clock;
  readonly random: Random;
  readonly crypto: Crypto;
}

const bytes = (count: number): Uint8Array => globalThis.crypto.getRandomValues(new Uint8Array(count));

const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_';

const systemRandom: Random = {
  bytes,
  token: (bits) => Array.from(bytes(Math.ceil(bits / 6)), (byte) => alphabet[byte & 63]).join(''),
};

export const systemPlatform: Platform = { clock: systemClock, random: systemRandom, crypto: clientCrypto };
