// Stanza forwarding on the wire: a stanza inside another, with the time at which it came (XEP-0297 §3).
import { type Element, el } from '@parlance/xml/element';
import { namespaces } from '../namespaces.ts';
import { delayElement, readDelay } from './xep-0203.delay.ts';

export interface Forwarded {
  readonly stanza: Element;
  /** When it was received, in milliseconds since 1970. */
  readonly time?: number;
}

export const forwarded = ({ stanza, time }: Forwarded): Element =>
  el('forwarded', namespaces.forward, {}, ...(time === undefined ? [] : [delayElement({ time })]), stanza);

/** The stanza that a copy, a result or a report carries; undefined when there is none. */
export const readForwarded = (parent: Element): Forwarded | undefined => {
  const outer = parent.child('forwarded', namespaces.forward);
  const stanza = outer?.elements().find(({ ns }) => ns === namespaces.client || ns === namespaces.server);
  if (outer === undefined || stanza === undefined) return undefined;
  const time = readDelay(outer)?.time;
  return time === undefined ? { stanza } : { stanza, time };
};
