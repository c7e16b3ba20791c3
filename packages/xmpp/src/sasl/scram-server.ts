// SCRAM, the server's half (RFC 5802 §5, §6; RFC 7677): two messages in, a challenge and an outcome out.
import { toBase64 } from '@parlance/base/base64';
import type { Crypto, HashName } from '@parlance/base/crypto';
import { ScramError, scramConditions } from './failure.ts';
import {
  authMessage,
  bindingInput,
  type ClientFirst,
  readClientFinal,
  readClientFirst,
  writeServerFirst,
  xor,
} from './scram-messages.ts';
import { failure, type ServerMechanism, type ServerStep, textOf, type Verifier } from './server.ts';

/** Data of the channel by the name of the binding type (RFC 5929, RFC 9266). */
export type Bindings = ReadonlyMap<string, Uint8Array>;

export interface ScramServerParts {
  readonly crypto: Crypto;
  readonly hash: HashName;
  /** The mechanism's name ends in -PLUS. */
  readonly plus: boolean;
  /** What this channel can be bound by; -PLUS was offered exactly when there is something. */
  readonly bindings: Bindings;
  /** The server's part of the nonce: printable ASCII without a comma. */
  readonly nonce: string;
  /** The verifier of a user by the name he gave; one that looks real for somebody unknown. */
  readonly verifier: (user: string) => Promise<Verifier>;
}

interface Begun {
  readonly first: ClientFirst;
  readonly verifier: Verifier;
  readonly nonce: string;
  readonly challenge: string;
}

const encoder = new TextEncoder();

export class ScramServer implements ServerMechanism {
  readonly #parts: ScramServerParts;
  #begun: Begun | undefined;

  constructor(parts: ScramServerParts) {
    this.#parts = parts;
  }

  async respond(message: Uint8Array): Promise<ServerStep> {
    const text = textOf(message);
    if (text === undefined) return failure(scramConditions['invalid-encoding']);
    try {
      return this.#begun === undefined ? await this.#first(text) : this.#final(this.#begun, text);
    } catch (error) {
      if (error instanceof ScramError) return failure(scramConditions[error.refusal]);
      throw error;
    }
  }

  async #first(text: string): Promise<ServerStep> {
    const first = readClientFirst(text);
    this.#checkFlag(first);
    const verifier = await this.#parts.verifier(first.user);
    const nonce = first.nonce + this.#parts.nonce;
    const challenge = writeServerFirst({ nonce, salt: verifier.salt, rounds: verifier.rounds });
    this.#begun = { first, verifier, nonce, challenge };
    return { step: 'challenge', data: encoder.encode(challenge) };
  }

  /** RFC 5802 §6: `y` while -PLUS is offered means that somebody took it from the list. */
  #checkFlag({ flag }: ClientFirst): void {
    const { plus, bindings } = this.#parts;
    if (typeof flag === 'object') {
      if (!plus) throw new ScramError('channel-binding-not-supported');
      if (!bindings.has(flag.type)) throw new ScramError('unsupported-channel-binding-type');
    } else if (plus) throw new ScramError('channel-bindings-dont-match');
    else if (flag === 'y' && bindings.size > 0) throw new ScramError('server-does-support-channel-binding');
  }

  #final({ first, verifier, nonce, challenge }: Begun, text: string): ServerStep {
    const { crypto, hash, bindings } = this.#parts;
    const final = readClientFinal(text);
    const data = typeof first.flag === 'object' ? bindings.get(first.flag.type) : undefined;
    if (!crypto.equal(final.binding, bindingInput(first.header, data)))
      throw new ScramError('channel-bindings-dont-match');
    if (!crypto.equal(encoder.encode(final.nonce), encoder.encode(nonce))) throw new ScramError('other-error');
    const message = authMessage(first.bare, challenge, final.withoutProof);
    const clientKey = xor(final.proof, crypto.hmac(hash, verifier.storedKey, message));
    const proven = crypto.equal(crypto.digest(hash, clientKey), verifier.storedKey);
    if (!proven || final.proof.length !== verifier.storedKey.length) throw new ScramError('invalid-proof');
    if (!verifier.known) throw new ScramError('unknown-user');
    const signature = toBase64(crypto.hmac(hash, verifier.serverKey, message));
    const { user, authzid } = first;
    return { step: 'success', data: encoder.encode(`v=${signature}`), identity: { user, authzid } };
  }
}
