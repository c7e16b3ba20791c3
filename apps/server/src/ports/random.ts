// Unpredictable values of a running server: Node's cryptographic generator behind the Random port.
import { randomBytes } from 'node:crypto';
import type { Random } from '@parlance/base/random';

export const systemRandom: Random = {
  bytes: (bytes) => new Uint8Array(randomBytes(bytes)),
  token: (bits) => randomBytes(Math.ceil(bits / 8)).toString('base64url'),
};
