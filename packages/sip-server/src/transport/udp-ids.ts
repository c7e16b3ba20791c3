// Ids of UDP flows that need no memory: the pair of addresses under a code that only this process can make (RFC 5626 §5.2).
import type { Crypto } from '@parlance/base/crypto';
import type { Random } from '@parlance/base/random';
import type { Endpoint } from '@parlance/sip/flow';

const hash = 'SHA-256';
/** Bytes of the code. */
const length = 16;
/** Ids of other flows never begin so: a dot is no letter of theirs. */
const prefix = 'u.';

/** A socket's number and the peer's address. */
export interface UdpPair {
  readonly socket: number;
  readonly remote: Endpoint;
}

export class UdpIds {
  readonly #crypto: Crypto;
  readonly #key: Uint8Array;

  constructor(crypto: Crypto, random: Random) {
    this.#crypto = crypto;
    this.#key = random.bytes(32);
  }

  make({ socket, remote }: UdpPair): string {
    const said = Buffer.from(`${socket} ${remote.port} ${remote.address}`);
    return prefix + Buffer.concat([this.#code(said), said]).toString('base64url');
  }

  /** Undefined when the id is not one that was made here. */
  read(id: string): UdpPair | undefined {
    if (!id.startsWith(prefix)) return undefined;
    const bytes = Buffer.from(id.slice(prefix.length), 'base64url');
    const said = bytes.subarray(length);
    if (!this.#crypto.equal(bytes.subarray(0, length), this.#code(said))) return undefined;
    const [socket = '', port = '', address = ''] = said.toString().split(' ');
    return { socket: Number(socket), remote: { address, port: Number(port) } };
  }

  #code(said: Uint8Array): Uint8Array {
    return this.#crypto.hmac(hash, this.#key, said).subarray(0, length);
  }
}
