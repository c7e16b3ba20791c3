// The vault of a running server: AES-256-GCM, the context as additional data, a fresh nonce for each secret (NIST SP 800-38D).
import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto';
import type { Vault } from '@parlance/base/crypto';

const algorithm = 'aes-256-gcm';
const nonceLength = 12;
const tagLength = 16;

/** `key`: 32 bytes. Sealed, a secret is base 64 of nonce, tag and cipher text. */
export const aesVault = (key: Uint8Array): Vault => ({
  seal: (secret, context) => {
    const nonce = randomBytes(nonceLength);
    const cipher = createCipheriv(algorithm, key, nonce).setAAD(Buffer.from(context));
    const text = Buffer.concat([cipher.update(secret, 'utf8'), cipher.final()]);
    return Buffer.concat([nonce, cipher.getAuthTag(), text]).toString('base64');
  },
  open: (sealed, context) => {
    const bytes = Buffer.from(sealed, 'base64');
    const text = bytes.subarray(nonceLength + tagLength);
    if (bytes.length < nonceLength + tagLength) return undefined;
    const cipher = createDecipheriv(algorithm, key, bytes.subarray(0, nonceLength), { authTagLength: tagLength });
    cipher.setAAD(Buffer.from(context)).setAuthTag(bytes.subarray(nonceLength, nonceLength + tagLength));
    try {
      return Buffer.concat([cipher.update(text), cipher.final()]).toString('utf8');
    } catch {
      return undefined;
    }
  },
});
