// A refusal is an expected no (DESIGN: refusal, wire error, fault). The union is closed; every adapter has a total table for it.

/** Why something was refused, in words that no protocol owns. */
export type Reason =
  | 'bad-request'
  | 'conflict'
  | 'not-implemented'
  | 'forbidden'
  | 'gone'
  | 'internal'
  | 'not-found'
  | 'not-acceptable'
  | 'not-allowed'
  | 'not-authorised'
  | 'policy-violation'
  | 'blocked'
  | 'unreachable'
  | 'redirect'
  | 'registration-required'
  | 'timeout'
  | 'overloaded'
  | 'storage-full'
  | 'too-large'
  | 'unavailable';

/** An expected no. `text` is a message key for people, never data from the peer. */
export interface Refusal {
  readonly refused: Reason;
  readonly text?: string;
}

/** Makes a refusal. */
export const refuse = (refused: Reason, text?: string): Refusal =>
  text === undefined ? { refused } : { refused, text };

/** Tells a refusal from any other result. */
export const isRefusal = (value: unknown): value is Refusal =>
  typeof value === 'object' && value !== null && 'refused' in value;
