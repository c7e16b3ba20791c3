// Nonces that need no memory: each tells when and for whom it was made, under a key of this process (RFC 7616 §3.3; SECURITY-CHECKLIST 54, 55).
import { toBase64 } from '@parlance/base/base64';
import type { Clock } from '@parlance/base/clock';
import type { Crypto } from '@parlance/base/crypto';

/** Milliseconds for which a nonce is good. */
export const nonceLife = 300_000;

/** Bytes of the seal: 120 bits, in base 64 without padding. */
const sealLength = 15;

const encoder = new TextEncoder();

export interface NonceParts {
  readonly clock: Clock;
  readonly crypto: Crypto;
  /** 32 bytes that end with this process. */
  readonly key: Uint8Array;
}

/** `time.number.seal`: milliseconds of the monotonic clock and a number of its own, so that no two are the same. */
export class Nonces {
  readonly #parts: NonceParts;
  #made = 0;

  constructor(parts: NonceParts) {
    this.#parts = parts;
  }

  /** `source`: the IP address that it is for, which alone may use it. */
  make(source: string, realm: string): string {
    const now = Math.floor(this.#parts.clock.monotonic());
    const head = `${now.toString(36)}.${(this.#made++).toString(36)}`;
    return `${head}.${this.#seal(head, source, realm)}`;
  }

  /** When a nonce was made, in milliseconds of the monotonic clock; undefined when it is too old, or not for this source and realm. */
  madeAt(nonce: string, source: string, realm: string): number | undefined {
    const end = nonce.lastIndexOf('.');
    const time = Number.parseInt(nonce, 36);
    const age = this.#parts.clock.monotonic() - time;
    if (end < 1 || !(age >= 0 && age < nonceLife)) return undefined;
    const [seal, own] = [nonce.slice(end + 1), this.#seal(nonce.slice(0, end), source, realm)];
    return this.#parts.crypto.equal(encoder.encode(seal), encoder.encode(own)) ? time : undefined;
  }

  #seal(head: string, source: string, realm: string): string {
    const { crypto, key } = this.#parts;
    return toBase64(
      crypto.hmac('SHA-256', key, encoder.encode(`${head}\0${source}\0${realm}`)).subarray(0, sealLength),
    );
  }
}
