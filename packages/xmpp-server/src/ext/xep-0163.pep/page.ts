// Which part of a node's items is answered: result sets and the newest items, within a bound (XEP-0060 §6.5.4, §6.5.7; XEP-0059 §2).
import type { ItemPlace } from '@parlance/core/store';
import type { PageRequest } from '@parlance/xmpp/wire/xep-0059.rsm';

/** UTF-16 units of payloads in one answer; one item always fits. */
const budget = 1_000_000;

export interface Page {
  /** Oldest first. */
  readonly places: readonly ItemPlace[];
  /** Place of the first of them in the whole node. */
  readonly index: number;
}

/** The part of `places` that may be chosen from, or undefined when an item that is named is not there. */
const between = (
  places: readonly ItemPlace[],
  { after, before, index }: PageRequest,
): readonly number[] | undefined => {
  const at = (id: string): number => places.findIndex((place) => place.id === id);
  const start = after === undefined ? (index ?? 0) : at(after) + 1;
  const end = before === undefined || before === '' ? places.length : at(before);
  return (after !== undefined && start === 0) || end < 0 ? undefined : [Math.min(start, places.length), end];
};

/**
 * At most `max` items: the newest when `backwards`, otherwise the oldest of what the request leaves. Undefined when the
 * request names an item that is not there (XEP-0059 §2.2).
 */
export const pageOf = (
  places: readonly ItemPlace[],
  request: PageRequest,
  max: number,
  backwards: boolean,
): Page | undefined => {
  const [start = 0, end = 0] = between(places, request) ?? [];
  if (between(places, request) === undefined) return undefined;
  const candidates = places.slice(start, end);
  const ordered = backwards ? candidates.toReversed() : candidates;
  let size = 0;
  const fitting = ordered.slice(0, max).filter((place, at) => {
    size += place.size;
    return at === 0 || size <= budget;
  });
  return backwards ? { places: fitting.toReversed(), index: end - fitting.length } : { places: fitting, index: start };
};
