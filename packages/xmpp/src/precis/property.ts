// The derived property of a code point: whether PRECIS allows it, from the engine's own Unicode properties (RFC 8264 §8, §9).

/** `free`: allowed in the FreeformClass only. `context`: allowed where a rule says so (RFC 5892 appendix A). */
type Property = 'valid' | 'free' | 'context' | 'disallowed';

/** Q of RFC 8264 §9.17: decomposed and recomposed into something other than itself. */
const hasCompat = (point: string): boolean => point.normalize('NFKC') !== point;

const within =
  (set: RegExp) =>
  (point: string): boolean =>
    set.test(point);

/** RFC 8264 §8 in its order, which must not be changed. BackwardCompatible (G) is empty; unassigned is disallowed. */
const categories: readonly (readonly [(point: string) => boolean, Property])[] = [
  [within(/[\u00DF\u03C2\u06FD\u06FE\u0F0B\u3007]/u), 'valid'], // F, RFC 5892 §2.6
  [within(/[\u00B7\u0375\u05F3\u05F4\u30FB\u0660-\u0669\u06F0-\u06F9]/u), 'context'],
  [within(/[\u0640\u07FA\u302E\u302F\u3031-\u3035\u303B]/u), 'disallowed'],
  [within(/\p{Cn}/u), 'disallowed'], // J
  [within(/[\u0021-\u007E]/u), 'valid'], // K
  [within(/\p{Join_Control}/u), 'context'], // H
  [within(/[\u1100-\u11FF\uA960-\uA97C\uD7B0-\uD7C6\uD7CB-\uD7FB]/u), 'disallowed'], // I
  [within(/\p{Default_Ignorable_Code_Point}|\p{Cc}/u), 'disallowed'], // M, L
  [hasCompat, 'free'], // Q
  [within(/[\p{Ll}\p{Lu}\p{Lo}\p{Nd}\p{Lm}\p{Mn}\p{Mc}]/u), 'valid'], // A
  [within(/[\p{Lt}\p{Nl}\p{No}\p{Me}\p{Zs}\p{S}\p{P}]/u), 'free'], // R, N, O, P
];

/** The property of one code point, given as a string of it. */
export const propertyOf = (point: string): Property =>
  categories.find(([contains]) => contains(point))?.[1] ?? 'disallowed';
