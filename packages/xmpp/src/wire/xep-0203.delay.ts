// Delayed delivery on the wire: when and by whom a stanza was received (XEP-0203 §2).
import { type Element, el } from '@parlance/xml/element';
import { formatDateTime, parseDateTime } from '../datetime.ts';
import { namespaces } from '../namespaces.ts';

export interface Delay {
  /** Who delayed it; undefined where it is not said. */
  readonly from?: string;
  /** Milliseconds since 1970. */
  readonly time: number;
}

export const delayElement = ({ from, time }: Delay): Element =>
  el('delay', namespaces.delay, { from, stamp: formatDateTime(time) });

const delayOf = (element: Element): Delay | undefined => {
  const time = parseDateTime(element.attr('stamp') ?? '');
  if (element.name !== 'delay' || element.ns !== namespaces.delay || time === undefined) return undefined;
  const from = element.attr('from');
  return from === undefined ? { time } : { from, time };
};

/** The delays of a stanza or of a forwarded one that can be read, in the order in which they were added. */
export const readDelays = (parent: Element): readonly Delay[] =>
  parent.elements().flatMap((element) => delayOf(element) ?? []);

/** The first of them, which is the earliest. */
export const readDelay = (parent: Element): Delay | undefined => readDelays(parent)[0];
