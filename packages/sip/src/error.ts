// The peer's fault, thrown by whoever reads: it carries the answer that the peer gets (RFC 3261 §21.4, §21.5).

/** Thrown by parsers, caught once for each message. `reason` goes on the wire: never data from the peer. */
export class SipError extends Error {
  override readonly name = 'SipError';
  /** A 4xx or 5xx status code. */
  readonly status: number;

  constructor(status: number, reason: string) {
    super(reason);
    this.status = status;
  }
}

/** The usual case: the syntax is broken (RFC 3261 §21.4.1). */
export const malformed = (what: string): SipError => new SipError(400, `Malformed ${what}`);
