// The order in which SRV records are tried: by priority, among equals by chance in proportion to their weights (RFC 2782, "Usage rules").
import type { Srv } from './dns.ts';

/** `chance` gives a number of 0…1, without 1. */
export const inOrder = (records: readonly Srv[], chance: () => number): readonly Srv[] => {
  const priorities = [...new Set(records.map(({ priority }) => priority))].sort((one, other) => one - other);
  return priorities.flatMap((priority) =>
    drawn(
      records.filter((each) => each.priority === priority),
      chance,
    ),
  );
};

/** Draws one after the other. Those of weight zero stand first, so that they are drawn only when chance is at its lowest. */
const drawn = (equal: readonly Srv[], chance: () => number): readonly Srv[] => {
  let left = [...equal].sort((one, other) => Number(one.weight > 0) - Number(other.weight > 0));
  const order: Srv[] = [];
  for (let chosen = draw(left, chance()); chosen !== undefined; chosen = draw(left, chance())) {
    const gone = chosen;
    order.push(gone);
    left = left.filter((each) => each !== gone);
  }
  return order;
};

/** The first whose running sum of weights reaches what chance says. */
const draw = (left: readonly Srv[], chance: number): Srv | undefined => {
  const total = left.reduce((sum, { weight }) => sum + weight, 0);
  let mark = Math.floor(chance * (total + 1));
  for (const each of left) {
    mark -= each.weight;
    if (mark <= 0) return each;
  }
  return undefined;
};
