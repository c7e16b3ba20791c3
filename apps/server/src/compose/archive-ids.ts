// Archive ids: AES-128 of account and sequence under a key of this installation (ADR 0002; XEP-0359 §6, XEP-0313 §3.1).
import { type Cipher, createCipheriv, createDecipheriv, type Decipher } from 'node:crypto';
import type { AccountId, Sequence } from '@parlance/core/ids';
import type { ArchiveIds } from '@parlance/xmpp-server/context';

const blockSize = 16;

/** ECB has no state: one cipher object serves block after block. */
export class KeyedArchiveIds implements ArchiveIds {
  readonly #seal: Cipher;
  readonly #open: Decipher;

  /** `key`: 16 bytes that never leave the data directory. */
  constructor(key: Uint8Array) {
    this.#seal = createCipheriv('aes-128-ecb', key, null).setAutoPadding(false);
    this.#open = createDecipheriv('aes-128-ecb', key, null).setAutoPadding(false);
  }

  seal(account: { readonly id: AccountId }, sequence: Sequence): string {
    const block = Buffer.alloc(blockSize);
    block.writeBigUInt64BE(BigInt(account.id), 0);
    block.writeBigUInt64BE(BigInt(sequence), 8);
    return this.#seal.update(block).toString('base64url');
  }

  open(account: { readonly id: AccountId }, id: string): Sequence | undefined {
    if (!/^[\w-]{22}$/.test(id)) return undefined;
    const sealed = Buffer.from(id, 'base64url');
    if (sealed.length !== blockSize || sealed.toString('base64url') !== id) return undefined;
    const block = this.#open.update(sealed);
    if (block.readBigUInt64BE(0) !== BigInt(account.id)) return undefined;
    const sequence = block.readBigUInt64BE(8);
    return sequence <= BigInt(Number.MAX_SAFE_INTEGER) ? (Number(sequence) as Sequence) : undefined;
  }
}
