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

/** The delay of a stanza or of a forwarded one; undefined when it has none, or none that can be read. */
export const readDelay = (parent: Element): Delay | undefined => {
  const delay = parent.child('delay', namespaces.delay);
  const time = parseDateTime(delay?.attr('stamp') ?? '');
  if (time === undefined) return undefined;
  const from = delay?.attr('from');
  return from === undefined ? { time } : { from, time };
};
