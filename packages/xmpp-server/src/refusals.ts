// The total table from refusals to stanza errors (RFC 6120 §8.3.3); the compiler names a forgotten row.
import type { Reason, Refusal } from '@parlance/base/refusal';
import type { Element } from '@parlance/xml/element';
import { el } from '@parlance/xml/element';
import { namespaces } from '@parlance/xmpp/namespaces';
import { type StanzaCondition, stanzaError } from '@parlance/xmpp/stanza-error';

const conditions: Readonly<Record<Reason, StanzaCondition>> = {
  'bad-request': 'bad-request',
  conflict: 'conflict',
  'not-implemented': 'feature-not-implemented',
  forbidden: 'forbidden',
  gone: 'gone',
  internal: 'internal-server-error',
  'not-found': 'item-not-found',
  'not-acceptable': 'not-acceptable',
  'not-allowed': 'not-allowed',
  'not-authorised': 'not-authorized',
  'policy-violation': 'policy-violation',
  blocked: 'not-acceptable',
  unreachable: 'remote-server-not-found',
  redirect: 'redirect',
  'registration-required': 'registration-required',
  timeout: 'remote-server-timeout',
  overloaded: 'resource-constraint',
  'storage-full': 'resource-constraint',
  'too-large': 'policy-violation',
  unavailable: 'service-unavailable',
};

/** The error reply to a stanza that was refused. A stanza that is itself an error must not be answered: callers check. */
export const refusalReply = (stanza: Element, refusal: Refusal): Element =>
  stanzaError(stanza, conditions[refusal.refused], {
    ...(refusal.text === undefined ? {} : { text: refusal.text }),
    ...(refusal.refused === 'blocked' ? { type: 'cancel', app: el('blocked', namespaces.blockingErrors) } : {}),
  });
