// Answers to a request: which fields they take over, and their tag (RFC 3261 §8.2.6).
import { Cursor } from './cursor.ts';
import { SipError } from './error.ts';
import { Field } from './field.ts';
import { tagOf, to } from './headers/name-addr.ts';
import { type SipRequest, SipResponse } from './message.ts';
import { reasonOf } from './reasons.ts';

export interface Answer {
  readonly status: number;
  /** The status's own phrase when there is none. */
  readonly reason?: string | undefined;
  /** Behind those that every answer has. */
  readonly fields?: readonly Field[];
  readonly body?: Uint8Array;
}

/** Fields that every answer repeats as they came, in this order of the request. */
const repeatedFields = new Set(['via', 'from', 'to', 'call-id', 'cseq']);

/**
 * The answer to a request, well-formed or not: what is repeated stands byte for byte as it came. `tag` is the answering side's
 * for a request that has none; 100 goes without one (RFC 3261 §8.2.6.2).
 */
export const respond = (
  request: SipRequest,
  { status, reason, fields = [], body }: Answer,
  tag: string,
): SipResponse => {
  const repeated = request.fields.filter(({ id }) => repeatedFields.has(id) || (id === 'timestamp' && status === 100));
  return new SipResponse({
    status,
    reason: reason ?? reasonOf(status),
    fields: [...(status === 100 ? repeated : repeated.map((field) => tagged(field, tag))), ...fields],
    ...(body === undefined ? {} : { body }),
  });
};

/** The To with our tag, unless it has one or cannot be read. The tag is only added, so that the rest stays as it came. */
const tagged = (field: Field, tag: string): Field => {
  if (field.id !== to.id) return field;
  try {
    return tagOf(to.read(new Cursor(field.value, to.id))) === undefined
      ? Field.read(`${field.line.trimEnd()};tag=${tag}`)
      : field;
  } catch (error) {
    if (error instanceof SipError) return field;
    throw error;
  }
};
