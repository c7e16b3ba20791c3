// What can go wrong between a client and its server, as closed types: a caller tells them apart with instanceof.
import type { ErrorType, StanzaCondition } from '@parlance/xmpp/stanza-error';

/** The server ended the stream with an error (RFC 6120 §4.9). */
export class StreamError extends Error {
  override readonly name = 'StreamError';
  /** A condition of RFC 6120 §4.9.3, e.g. 'conflict'. */
  readonly condition: string;
  /** Content of the condition element: the other host's address for 'see-other-host'. */
  readonly detail: string;

  constructor(condition: string, text?: string, detail = '') {
    super(text ? `${condition}: ${text}` : condition);
    this.condition = condition;
    this.detail = detail;
  }
}

/** Authentication failed: by the server's word (RFC 6120 §6.5), or because the server could not prove itself. */
export class AuthenticationError extends Error {
  override readonly name = 'AuthenticationError';
  /** A condition of RFC 6120 §6.5, or 'no-mechanism', 'server-not-authenticated', 'password-needed'. */
  readonly condition: string;

  constructor(condition: string, text?: string) {
    super(text ? `${condition}: ${text}` : condition);
    this.condition = condition;
  }
}

/** The peer broke the protocol, or refuses what we cannot do without. */
export class ProtocolError extends Error {
  override readonly name = 'ProtocolError';
}

/** The connection is gone, or there is none. What was sent may or may not have arrived. */
export class ConnectionLost extends Error {
  override readonly name = 'ConnectionLost';

  constructor(message = 'the connection to the server is gone', options?: ErrorOptions) {
    super(message, options);
  }
}

/** Nobody answered in time. */
export class TimeoutError extends Error {
  override readonly name = 'TimeoutError';
}

/** The answer to a request is an error (RFC 6120 §8.3). */
export class StanzaError extends Error {
  override readonly name = 'StanzaError';
  /** A condition of RFC 6120 §8.3.3, e.g. 'item-not-found'; 'undefined-condition' when the peer names none. */
  readonly condition: StanzaCondition;
  readonly type: ErrorType;
  readonly text: string | undefined;

  constructor(condition: StanzaCondition, type: ErrorType, text?: string) {
    super(text ? `${condition}: ${text}` : condition);
    this.condition = condition;
    this.type = type;
    this.text = text;
  }
}
