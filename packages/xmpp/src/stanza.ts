// Stanzas: requests and their answers (RFC 6120 §8.2.3).
import { type Element, el } from '@parlance/xml/element';
import { namespaces } from './namespaces.ts';

/** The result of a request: addresses swapped, id kept. */
export const iqResult = (iq: Element, child?: Element): Element =>
  el(
    'iq',
    iq.ns,
    { type: 'result', id: iq.attr('id'), from: iq.attr('to'), to: iq.attr('from') },
    ...(child === undefined ? [] : [child]),
  );

/** A request to be sent. */
export const iqRequest = (type: 'get' | 'set', id: string, payload: Element, to?: string): Element =>
  el('iq', namespaces.client, { type, id, to }, payload);

/** Whether a first-level element is a stanza of a client stream. */
export const isStanza = ({ ns, name }: Element): boolean =>
  ns === namespaces.client && (name === 'message' || name === 'presence' || name === 'iq');
