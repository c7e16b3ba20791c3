// Stanza errors: conditions, their default types, building and reading (RFC 6120 §8.3).
import { type Element, el } from '@parlance/xml/element';
import { namespaces } from './namespaces.ts';

export type ErrorType = 'auth' | 'cancel' | 'continue' | 'modify' | 'wait';

/** The defined conditions with the type each is associated with (RFC 6120 §8.3.3). */
const defaultTypes = {
  'bad-request': 'modify',
  conflict: 'cancel',
  'feature-not-implemented': 'cancel',
  forbidden: 'auth',
  gone: 'cancel',
  'internal-server-error': 'cancel',
  'item-not-found': 'cancel',
  'jid-malformed': 'modify',
  'not-acceptable': 'modify',
  'not-allowed': 'cancel',
  'not-authorized': 'auth',
  'policy-violation': 'modify',
  'recipient-unavailable': 'wait',
  redirect: 'modify',
  'registration-required': 'auth',
  'remote-server-not-found': 'cancel',
  'remote-server-timeout': 'wait',
  'resource-constraint': 'wait',
  'service-unavailable': 'cancel',
  'subscription-required': 'auth',
  'undefined-condition': 'cancel',
  'unexpected-request': 'wait',
} as const satisfies Readonly<Record<string, ErrorType>>;

export type StanzaCondition = keyof typeof defaultTypes;

export interface StanzaErrorDetails {
  readonly type?: ErrorType;
  /** For people; in `lang`, English unless said otherwise. */
  readonly text?: string;
  readonly lang?: string;
  /** The entity that returns the error, when it is not the addressee (RFC 6120 §8.3.1). */
  readonly by?: string;
  /** An application-specific condition (RFC 6120 §8.3.4). */
  readonly app?: Element;
}

const isCondition = (name: string): name is StanzaCondition => Object.hasOwn(defaultTypes, name);

/** The `<error/>` child alone. */
export const errorElement = (
  condition: StanzaCondition,
  details: StanzaErrorDetails = {},
  ns: string = namespaces.client,
): Element => {
  const children = [el(condition, namespaces.stanzas)];
  if (details.text !== undefined)
    children.push(el('text', namespaces.stanzas, { 'xml:lang': details.lang ?? 'en' }, details.text));
  if (details.app !== undefined) children.push(details.app);
  return el('error', ns, { type: details.type ?? defaultTypes[condition], by: details.by }, ...children);
};

/** The error reply to a stanza: addresses swapped, id and kind kept (RFC 6120 §8.3.1). The payload is not repeated. */
export const stanzaError = (stanza: Element, condition: StanzaCondition, details: StanzaErrorDetails = {}): Element =>
  errorReply(stanza, errorElement(condition, details, stanza.ns));

/** The error reply that carries an `<error/>` child made before, behind what it is about where that is said (§8.3.1). */
export const errorReply = (stanza: Element, error: Element, about?: Element): Element =>
  el(
    stanza.name,
    stanza.ns,
    { type: 'error', id: stanza.attr('id'), from: stanza.attr('to'), to: stanza.attr('from') },
    ...(about === undefined ? [] : [about]),
    error,
  );

export interface StanzaError {
  readonly condition: StanzaCondition;
  readonly type: ErrorType;
  readonly text: string | undefined;
  readonly app: Element | undefined;
}

const types: ReadonlySet<string> = new Set(Object.values(defaultTypes).concat('cancel'));

const isType = (text: string | undefined): text is ErrorType =>
  text === 'continue' || (text !== undefined && types.has(text));

/** What an error stanza says; unknown conditions read as `undefined-condition` (RFC 6120 §8.3.2). */
export const readStanzaError = (stanza: Element): StanzaError | undefined => {
  if (stanza.attr('type') !== 'error') return undefined;
  const children = stanza.child('error')?.elements() ?? [];
  const named = children.find(({ name, ns }) => ns === namespaces.stanzas && name !== 'text')?.name ?? '';
  const condition = isCondition(named) ? named : 'undefined-condition';
  const type = stanza.child('error')?.attr('type');
  return {
    condition,
    type: isType(type) ? type : defaultTypes[condition],
    text: stanza.child('error')?.childText('text', namespaces.stanzas),
    app: children.find(({ ns }) => ns !== namespaces.stanzas),
  };
};
