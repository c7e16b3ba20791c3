// SASLprep: the stringprep profile for names and passwords (RFC 4013).
import { leftToRight, mappedToNothing, otherSpace, prohibited, rightToLeft } from './stringprep-tables.ts';

/** §2.1: spaces become the ASCII one, what is commonly mapped to nothing goes. */
const mapped = (point: string): string => {
  if (otherSpace.test(point)) return ' ';
  return mappedToNothing.test(point) ? '' : point;
};

/** §2.4, RFC 3454 §6: text with right-to-left letters has no others and begins and ends with one. */
const isOneWay = (points: readonly string[]): boolean => {
  if (!points.some((point) => rightToLeft.test(point))) return true;
  const ends = [points[0] ?? '', points.at(-1) ?? ''];
  return ends.every((point) => rightToLeft.test(point)) && !points.some((point) => leftToRight.test(point));
};

/** The prepared text; undefined when it is prohibited or empty. Unassigned code points are let through (§2.5). */
export const saslprep = (text: string): string | undefined => {
  const points = Array.from(Array.from(text, mapped).join('').normalize('NFKC'));
  return points.some((point) => prohibited.test(point)) || !isOneWay(points) ? undefined : points.join('') || undefined;
};
