// SCRAM, the client's half (RFC 5802 §5; RFC 7677): proves the password, and that the server knows it, too.
import { toBase64 } from '@parlance/base/base64';
import type { Crypto, HashName } from '@parlance/base/crypto';
import { scramKeys } from '@parlance/base/scram-keys';
import type { ClientMechanism } from './client.ts';
import { SaslError, ScramError } from './failure.ts';
import { areFor, type KeptKeys, type Password } from './kept-keys.ts';
import { preparePassword, saslPrepare } from './prepare.ts';
import {
  authMessage,
  type BindingFlag,
  bindingInput,
  escapeName,
  gs2Header,
  readServerFinal,
  readServerFirst,
  xor,
} from './scram-messages.ts';
import { textOf } from './server.ts';

/** Fewer rounds make the password cheap to guess (RFC 7677 §4), more are an attack on the client (RFC 5802 §9). */
const fewest = 4096;
const most = 1_000_000;

export interface ScramClientParts {
  readonly crypto: Crypto;
  readonly name: string;
  readonly hash: HashName;
  readonly user: string;
  readonly password: Password;
  /** Printable ASCII without a comma, at least 96 bits of chance. */
  readonly nonce: string;
  readonly flag: BindingFlag;
  /** Data of the channel, when the flag names a binding type. */
  readonly binding: Uint8Array | undefined;
}

const encoder = new TextEncoder();

/** Runs what reads a message of the server; what is malformed ends the attempt. */
const reading = <T>(bytes: Uint8Array, read: (text: string) => T): T => {
  const text = textOf(bytes);
  if (text === undefined) throw new SaslError('malformed');
  try {
    return read(text);
  } catch (error) {
    throw error instanceof ScramError ? new SaslError('malformed') : error;
  }
};

export class ScramClient implements ClientMechanism {
  readonly name: string;
  readonly #parts: ScramClientParts;
  readonly #header: string;
  #bare = '';
  #signature: Uint8Array | undefined;
  #keys: KeptKeys | undefined;
  #authentic = false;

  constructor(parts: ScramClientParts) {
    this.name = parts.name;
    this.#parts = parts;
    this.#header = gs2Header(parts.flag, '');
  }

  get proven(): KeptKeys | undefined {
    return this.#authentic ? this.#keys : undefined;
  }

  initial(): Uint8Array {
    const user = saslPrepare(this.#parts.user);
    if (user === undefined) throw new SaslError('unusable-name');
    this.#bare = `n=${escapeName(user)},r=${this.#parts.nonce}`;
    return encoder.encode(this.#header + this.#bare);
  }

  /** The server may send its last message as a challenge instead of with its success; the answer is then empty. */
  async respond(challenge: Uint8Array): Promise<Uint8Array> {
    if (this.#signature === undefined) return this.#final(challenge);
    this.#verify(challenge);
    return new Uint8Array(0);
  }

  succeed(data: Uint8Array | undefined): void {
    if (data !== undefined && !this.#authentic) this.#verify(data);
    if (!this.#authentic) throw new SaslError('server-not-authentic');
  }

  async #final(challenge: Uint8Array): Promise<Uint8Array> {
    const { crypto, hash, binding, flag } = this.#parts;
    const { nonce, salt, rounds } = reading(challenge, readServerFirst);
    if (!nonce.startsWith(this.#parts.nonce) || nonce.length === this.#parts.nonce.length)
      throw new SaslError('wrong-nonce');
    const keys = await this.#keysFor(salt, rounds);
    const storedKey = crypto.digest(hash, keys.clientKey);
    const input = bindingInput(this.#header, typeof flag === 'object' ? binding : undefined);
    const withoutProof = `c=${toBase64(input)},r=${nonce}`;
    const message = authMessage(this.#bare, reading(challenge, String), withoutProof);
    const proof = xor(keys.clientKey, crypto.hmac(hash, storedKey, message));
    this.#signature = crypto.hmac(hash, keys.serverKey, message);
    this.#keys = keys;
    return encoder.encode(`${withoutProof},p=${toBase64(proof)}`);
  }

  async #keysFor(salt: Uint8Array, rounds: number): Promise<KeptKeys> {
    const { crypto, hash } = this.#parts;
    if (rounds < fewest) throw new SaslError('too-few-rounds');
    if (rounds > most) throw new SaslError('too-many-rounds');
    if (typeof this.#parts.password !== 'string') {
      if (!areFor(this.#parts.password, hash, salt, rounds)) throw new SaslError('password-needed');
      return this.#parts.password;
    }
    const password = preparePassword(this.#parts.password);
    if (password === undefined) throw new SaslError('unusable-password');
    const { clientKey, serverKey } = await scramKeys(crypto, hash, password, salt, rounds);
    return { hash, salt, rounds, clientKey, serverKey };
  }

  #verify(message: Uint8Array): void {
    const signature = reading(message, readServerFinal);
    if (signature === undefined) throw new SaslError('server-error');
    if (this.#signature === undefined || !this.#parts.crypto.equal(signature, this.#signature))
      throw new SaslError('server-not-authentic');
    this.#authentic = true;
  }
}
