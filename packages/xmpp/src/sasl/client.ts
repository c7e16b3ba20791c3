// The client's half of an authentication, whatever the mechanism (RFC 4422 §3).

import type { KeptKeys } from './kept-keys.ts';

export interface ClientMechanism {
  readonly name: string;
  /** What may be kept instead of the password, once the server has proved itself; undefined where there is nothing. */
  readonly proven: KeptKeys | undefined;
  /** The initial response. Throws SaslError. */
  initial(): Uint8Array;
  /** Answers a challenge. Throws SaslError. */
  respond(challenge: Uint8Array): Promise<Uint8Array>;
  /** The server says success; `data` came with it. Throws SaslError when the server has not proved who it is. */
  succeed(data: Uint8Array | undefined): void;
}
