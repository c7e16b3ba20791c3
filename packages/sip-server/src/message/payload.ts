// A SIP message as it is kept: payload v1 of ADR 0002, itself a MESSAGE with From, To, Call-ID, Date, content and body, no more.
import type { Native } from '@parlance/core/envelope';
import { Field } from '@parlance/sip/field';
import { SipRequest } from '@parlance/sip/message';
import { readDatagram } from '@parlance/sip/parse';
import { serialise } from '@parlance/sip/serialise';

/** Fields that say what a message is. Never Authorization, Via or Route: what only one hop may know is not kept. */
const kept = new Set([
  'from',
  'to',
  'call-id',
  'cseq',
  'date',
  'expires',
  'subject',
  'mime-version',
  'reply-to',
  'in-reply-to',
  'priority',
]);

const isKept = ({ id }: Field): boolean => kept.has(id) || (id.startsWith('content-') && id !== 'content-length');

/** A MESSAGE, serialised at most once however many mailboxes hold it. */
export class NativeMessage implements Native {
  readonly protocol = 'sip';
  readonly #request: SipRequest;
  readonly #time: number;
  #bytes: Uint8Array | undefined;

  /** `time`, milliseconds since 1970: its Date when the sender gave none. */
  constructor(request: SipRequest, time: number) {
    this.#request = request;
    this.#time = time;
  }

  payload(): Uint8Array {
    this.#bytes ??= serialise(this.#kept());
    return this.#bytes;
  }

  #kept(): SipRequest {
    const fields = this.#request.fields.filter(isKept);
    if (!this.#request.has('date')) fields.push(Field.make('date', new Date(this.#time).toUTCString()));
    return this.#request.with({ fields });
  }
}

/** A kept message; undefined when it is none of ours. */
export const readPayload = (payload: string | Uint8Array): SipRequest | undefined => {
  const message = readDatagram(typeof payload === 'string' ? new TextEncoder().encode(payload) : payload);
  return message instanceof SipRequest ? message : undefined;
};
