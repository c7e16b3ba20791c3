// PRECIS profiles: user names and opaque strings (RFC 8265 §3.3, §4.2) of the two string classes (RFC 8264 §4).
import { bidiRule } from './bidi.ts';
import { contextFits } from './context.ts';
import { propertyOf } from './property.ts';

const conforms = (text: string, freeform: boolean): boolean => {
  let context = false;
  for (const point of text) {
    const property = propertyOf(point);
    if (property === 'disallowed' || (property === 'free' && !freeform)) return false;
    context ||= property === 'context';
  }
  return !context || contextFits(text);
};

/** Whether all of the text belongs to the IdentifierClass (RFC 8264 §4.2). */
export const inIdentifierClass = (text: string): boolean => conforms(text, false);

/** Fullwidth and halfwidth code points by their decompositions (RFC 8265 §3.3.1, rule 1). */
const mapWidth = (text: string): string =>
  text.replaceAll(/[\u3000\uFF01-\uFFEE]/gu, (point) => point.normalize('NFKC'));

/** Code point by code point: a sigma at the end of a word has no special status (RFC 7622 §3.5). */
const mapCase = (text: string): string => Array.from(text, (point) => point.toLowerCase()).join('');

/** RFC 8264 §7: rules are applied until the string stays, at most three times more. */
const settle = (text: string, apply: (text: string) => string | undefined): string | undefined => {
  let before = text;
  for (let round = 0; round < 4; round++) {
    const after = apply(before);
    if (after === undefined || after === before) return after;
    before = after;
  }
  return undefined;
};

const userName = (text: string): string | undefined => {
  const narrow = mapWidth(text);
  if (!inIdentifierClass(narrow)) return undefined;
  const mapped = mapCase(narrow).normalize('NFC');
  return mapped !== '' && bidiRule(mapped) ? mapped : undefined;
};

const opaque = (text: string): string | undefined =>
  text !== '' && conforms(text, true) ? text.replaceAll(/\p{Zs}/gu, ' ').normalize('NFC') : undefined;

/** UsernameCaseMapped (RFC 8265 §3.3); undefined when the text does not conform. */
export const usernameCaseMapped = (text: string): string | undefined =>
  /^[!-~]+$/.test(text) ? text.toLowerCase() : settle(text, userName);

/** OpaqueString (RFC 8265 §4.2); undefined when the text does not conform. */
export const opaqueString = (text: string): string | undefined => (/^[ -~]+$/.test(text) ? text : settle(text, opaque));
