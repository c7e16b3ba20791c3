// The Bidi Rule for strings of identifiers (RFC 5893 §2), on the few classes that IdentifierClass code points can have.

/** Blocks whose letters are R or AL, also those of future scripts (DerivedBidiClass.txt, defaults). */
const rightToLeft = /[\u0590-\u08FF\uFB1D-\uFDFF\uFE70-\uFEFF\u{10800}-\u{10FFF}\u{1E800}-\u{1EFFF}]/u;
const arabicNumber = /[\u0660-\u0669\u{10D30}-\u{10D39}]/u;
const europeanNumber = /[0-9\u06F0-\u06F9]/u;
/** ES, CS, ET, ON and BN, which the rule treats alike: ASCII signs, joiners, and letters that are modifiers. */
const neutral =
  /[!-/:-@[-`{-~\u00B7\u02B9\u02BA\u02C6-\u02CF\u02EC\u0374\u0375\p{Join_Control}\u2E2F\u30FB\uA67F\uA717-\uA71F\uA788]/u;
/** NSM: marks that take no place, but for those few that the Unicode Character Database calls L. */
const nonspacing = /(?![\u0CBF\u0CC6\u{11A07}\u{11A08}\u{11C3F}])[\p{Mn}\p{Me}]/u;

/** One letter per class: A = AN, E = EN, M = NSM, N = neutral, R = R or AL, L. */
const classOf = (point: string): string => {
  if (arabicNumber.test(point)) return 'A';
  if (europeanNumber.test(point)) return 'E';
  if (nonspacing.test(point)) return 'M';
  if (rightToLeft.test(point)) return 'R';
  return neutral.test(point) ? 'N' : 'L';
};

/**
 * Whether a string without right-to-left code points, or with, obeys the rule. One that has them must begin with one
 * (conditions 1 and 5), hold no L (2), end in a letter or number (3), and not mix both kinds of number (4).
 */
export const bidiRule = (text: string): boolean => {
  const classes = Array.from(text, classOf).join('');
  if (!/[RA]/.test(classes)) return true;
  return /^R(?:[^L]*[REA])?M*$/.test(classes) && !(classes.includes('E') && classes.includes('A'));
};
