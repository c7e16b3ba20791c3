// The port of unpredictable values: the one source of secrets, ids and tokens.

export interface Random {
  /** `bytes` bytes from a cryptographic generator. */
  bytes(bytes: number): Uint8Array;
  /** A URL-safe token carrying at least `bits` bits of entropy. */
  token(bits: number): string;
}
