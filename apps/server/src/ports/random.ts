// Unpredictable values of a running server: Node's cryptographic generator behind the Random port, asked for many bytes at once.
import { randomFillSync } from 'node:crypto';
import type { Random } from '@parlance/base/random';

/** Bytes drawn ahead: each draw costs as much as hundreds of bytes. */
const ahead = new Uint8Array(4_096);
let next = ahead.length;

/** Bytes that nobody has had; they are forgotten here. */
const draw = (count: number): Uint8Array => {
  if (count > ahead.length) return randomFillSync(new Uint8Array(count));
  if (next + count > ahead.length) {
    randomFillSync(ahead);
    next = 0;
  }
  const drawn = ahead.slice(next, next + count);
  ahead.fill(0, next, next + count);
  next += count;
  return drawn;
};

export const systemRandom: Random = {
  bytes: draw,
  token: (bits) => Buffer.from(draw(Math.ceil(bits / 8))).toString('base64url'),
};
