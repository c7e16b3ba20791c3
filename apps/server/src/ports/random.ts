// Unpredictable values of a running server: Node's cryptographic generator behind the Random port, asked for many bytes at once.
import { randomBytes, randomFillSync } from 'node:crypto';
import type { Random } from '@parlance/base/random';

/** Bytes drawn ahead: each draw costs as much as hundreds of bytes. */
const ahead = Buffer.alloc(4_096);
let next = ahead.length;

/** Bytes that nobody has had; they are forgotten here. */
const draw = (count: number): Buffer => {
  if (count > ahead.length) return randomBytes(count);
  if (next + count > ahead.length) {
    randomFillSync(ahead);
    next = 0;
  }
  const drawn = Buffer.from(ahead.subarray(next, next + count));
  ahead.fill(0, next, next + count);
  next += count;
  return drawn;
};

export const systemRandom: Random = {
  bytes: (bytes) => new Uint8Array(draw(bytes)),
  token: (bits) => draw(Math.ceil(bits / 8)).toString('base64url'),
};
