// What the core refuses, as SIP says it: one total table (DESIGN: refusal; RFC 3261 §21).
import type { Reason, Refusal } from '@parlance/base/refusal';
import type { Answer } from '@parlance/sip/response';

const statuses: Readonly<Record<Reason, number>> = {
  'bad-request': 400,
  conflict: 409,
  'not-implemented': 501,
  forbidden: 403,
  gone: 410,
  internal: 500,
  'not-found': 404,
  'not-acceptable': 488,
  'not-allowed': 405,
  'not-authorised': 403,
  'policy-violation': 403,
  blocked: 403,
  unreachable: 404,
  redirect: 302,
  'registration-required': 403,
  timeout: 408,
  overloaded: 503,
  'storage-full': 503,
  'too-large': 513,
  unavailable: 480,
};

export const answerTo = ({ refused }: Refusal): Answer => ({ status: statuses[refused] });
