// The client's half of an authentication, whatever the mechanism (RFC 4422 §3).

export interface ClientMechanism {
  readonly name: string;
  /** The initial response. Throws SaslError. */
  initial(): Uint8Array;
  /** Answers a challenge. Throws SaslError. */
  respond(challenge: Uint8Array): Promise<Uint8Array>;
  /** The server says success; `data` came with it. Throws SaslError when the server has not proved who it is. */
  succeed(data: Uint8Array | undefined): void;
}
