// Other forms of a kept message: for a phone that takes only plain text, for the sender's own other phones; and when it is too late (RFC 3862, RFC 3428 §8).
import { addressHeader, readCpim, timeHeader, writeCpim } from '@parlance/sip/documents/cpim';
import { SipError } from '@parlance/sip/error';
import type { Field } from '@parlance/sip/field';
import { from, to } from '@parlance/sip/headers/name-addr';
import { contentLength, contentType, expires } from '@parlance/sip/headers/plain';
import { make, type SipRequest, without } from '@parlance/sip/message';
import { partHeader, partType } from '@parlance/sip/mime';
import { nameOf } from '@parlance/sip/names';

const cpim = 'message/cpim';

const isContent = ({ id }: Field): boolean => id.startsWith('content-') && id !== contentLength.id;

/** What stands in a CPIM, when it is plain text: for a phone that refuses the wrapping. Undefined when there is nothing to take out. */
export const unwrapped = (kept: SipRequest): SipRequest | undefined => {
  if (kept.optional(contentType)?.value !== cpim || kept.has('content-encoding')) return undefined;
  try {
    const { content } = readCpim(kept.body);
    const inner = partType(content);
    const encoded = (partHeader(content, 'content-transfer-encoding') ?? '8bit').toLowerCase();
    if (inner.value !== 'text/plain' || !['7bit', '8bit', 'binary'].includes(encoded)) return undefined;
    const fields = [...kept.fields.filter((field) => !isContent(field)), make(contentType, inner)];
    return kept.with({ fields, body: content.body });
  } catch (error) {
    if (error instanceof SipError) return undefined;
    throw error;
  }
};

/**
 * A sent message for another phone of its sender: from him to himself, as a CPIM that says who it was for, so that it is shown in
 * the right talk. `time`: when it was sent, milliseconds since 1970.
 */
export const copyOf = (kept: SipRequest, time: number): SipRequest => {
  const [sender, recipient] = [kept.one(from), kept.one(to)];
  const content = kept.fields.filter(isContent).map(({ id, value }) => ({ name: nameOf(id), value }));
  const headers = [
    addressHeader('From', { uri: sender.uri }),
    addressHeader('To', { uri: recipient.uri }),
    timeHeader(time),
  ];
  const isWrapped = kept.optional(contentType)?.value === cpim;
  const body = isWrapped ? kept.body : writeCpim({ headers, content: { headers: content, body: kept.body } });
  const others = without(isWrapped ? kept.fields : kept.fields.filter((field) => !isContent(field)), 'to');
  const type = isWrapped ? [] : [make(contentType, { value: cpim, parameters: [] })];
  return kept.with({ fields: [make(to, { ...sender, parameters: [] }), ...others, ...type], body });
};

/** Whether its time was over before `now`: Expires counts from its Date (RFC 3428 §8). Of zero: for those who were there. */
export const isOver = (kept: SipRequest, now: number): boolean => {
  const lifetime = kept.optional(expires);
  if (lifetime === undefined || lifetime === 0) return false;
  const sent = Date.parse(kept.text('date') ?? '');
  return sent + lifetime * 1000 < now;
};
