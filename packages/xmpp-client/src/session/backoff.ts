// When to try again: exponential back-off with jitter, so that clients do not return all at once (RFC 6120 §3.3).
import type { Random } from '@parlance/base/random';

export interface Backoff {
  /** Milliseconds before the first retry, on average. */
  readonly first: number;
  /** The longest wait, in milliseconds. */
  readonly longest: number;
}

/** RFC 6120 §3.3: a first wait below 60 s, chosen at random, growing when attempts fail. */
const defaultBackoff: Backoff = { first: 1_000, longest: 60_000 };

/** A number in [0, 1) from 32 bits of the generator. */
const fraction = (random: Random): number => {
  const bytes = random.bytes(4);
  return new DataView(bytes.buffer, bytes.byteOffset, 4).getUint32(0) / 2 ** 32;
};

/** Milliseconds to wait after `failures` failed attempts in a row (1: the first): half of it fixed, half by chance. */
export const waitAfter = (failures: number, random: Random, backoff: Backoff = defaultBackoff): number => {
  const whole = Math.min(backoff.longest, backoff.first * 2 ** (Math.max(1, failures) - 1));
  return whole / 2 + (whole / 2) * fraction(random);
};
