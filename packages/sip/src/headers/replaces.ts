// Replaces: the dialog whose place this one takes (RFC 3891 §6.1). Both tags are there, or it names none.
import type { HeaderCodec } from '../codec.ts';
import { parameter, parameterOf, readParameters } from '../parameters.ts';
import { callId } from './plain.ts';

/** A dialog as its replacing side saw it: `toTag` is the receiver's. */
export interface Replaces {
  readonly callId: string;
  readonly toTag: string;
  readonly fromTag: string;
  /** Only while it rings. */
  readonly earlyOnly: boolean;
}

export const replaces: HeaderCodec<Replaces> = {
  id: 'replaces',
  list: false,
  read(cursor) {
    const id = callId.read(cursor);
    const parameters = readParameters(cursor);
    const toTag = parameterOf(parameters, 'to-tag') || cursor.fail();
    const fromTag = parameterOf(parameters, 'from-tag') || cursor.fail();
    return { callId: id, toTag, fromTag, earlyOnly: parameter(parameters, 'early-only') !== undefined };
  },
  write: (value) =>
    `${value.callId};to-tag=${value.toTag};from-tag=${value.fromTag}${value.earlyOnly ? ';early-only' : ''}`,
};
