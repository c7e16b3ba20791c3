// Characters, names and references (XML 1.0 §2.2, §2.3, §4.1; only the five predefined entities, RFC 6120 §11.1).
import { notWellFormed, XmlError } from './error.ts';

const nameStart = 1;
const nameRest = 2;
const space = 4;

/** What each ASCII character may be part of. A colon is part of names here; its place is checked by `localStart`. */
const classes = new Uint8Array(128);
for (let code = 0; code < 128; code++) {
  const character = String.fromCharCode(code);
  if (/[A-Za-z_:]/.test(character)) classes[code] = nameStart | nameRest;
  else if (/[-.0-9]/.test(character)) classes[code] = nameRest;
  else if (/[ \t\r\n]/.test(character)) classes[code] = space;
}

const otherStart =
  /^[\u00c0-\u00d6\u00d8-\u00f6\u00f8-\u02ff\u0370-\u037d\u037f-\u1fff\u200c-\u200d\u2070-\u218f\u2c00-\u2fef\u3001-\udfff\uf900-\ufdcf\ufdf0-\ufffd]$/;
// biome-ignore lint/suspicious/noMisleadingCharacterClass: ranges of the specification, one code unit at a time
const otherRest = /^[\u00b7\u0300-\u036f\u203f\u2040]$/;

export const isSpace = (code: number): boolean => code < 128 && (classes[code] ?? 0) === space;

export const isNameStart = (code: number): boolean =>
  code < 128 ? ((classes[code] ?? 0) & nameStart) !== 0 : otherStart.test(String.fromCharCode(code));

export const isNamePart = (code: number): boolean =>
  code < 128 ? ((classes[code] ?? 0) & nameRest) !== 0 : isNameStart(code) || otherRest.test(String.fromCharCode(code));

/** Whether text has anything in it that must be looked at again: references, line ends, `]]>`, forbidden characters. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: these are the characters that XML forbids
export const needsCare = /[&\t\n\r\]\u0000-\u0008\u000b\u000c\u000e-\u001f\ufffe\uffff]/;

// biome-ignore lint/suspicious/noControlCharactersInRegex: these are the characters that XML forbids
const forbidden = /[\u0000-\u0008\u000b\u000c\u000e-\u001f\ufffe\uffff]/;

const predefined = new Map([
  ['amp', '&'],
  ['lt', '<'],
  ['gt', '>'],
  ['apos', "'"],
  ['quot', '"'],
]);

const reference = /&(?:#x([0-9a-fA-F]{1,6})|#([0-9]{1,7})|([A-Za-z][A-Za-z0-9]*));|&/g;

const isCharacter = (code: number): boolean =>
  code === 9 ||
  code === 10 ||
  code === 13 ||
  (code >= 0x20 && code <= 0xd7ff) ||
  (code >= 0xe000 && code <= 0xfffd) ||
  (code >= 0x10000 && code <= 0x10ffff);

const resolve = (
  whole: string,
  hex: string | undefined,
  decimal: string | undefined,
  name: string | undefined,
): string => {
  if (name !== undefined) {
    const character = predefined.get(name);
    if (character === undefined) throw new XmlError('restricted-xml', 'reference to an entity that is not predefined');
    return character;
  }
  const code = hex === undefined ? Number(decimal ?? Number.NaN) : Number.parseInt(hex, 16);
  if (whole === '&' || !isCharacter(code)) throw notWellFormed('reference to no character');
  return String.fromCodePoint(code);
};

const expand = (raw: string): string => (raw.includes('&') ? raw.replace(reference, resolve) : raw);

const withoutForbidden = (raw: string): string => {
  if (forbidden.test(raw)) throw notWellFormed('a character that XML forbids');
  return raw;
};

/** Line ends as one line feed (XML 1.0 §2.11). */
const lines = (raw: string): string => (raw.includes('\r') ? raw.replace(/\r\n?/g, '\n') : raw);

/** Character data as read: line ends normalised, references resolved. */
export const textOf = (raw: string): string => {
  if (raw.includes(']]>')) throw notWellFormed(']]> in text');
  return expand(lines(withoutForbidden(raw)));
};

/** The inside of a CDATA section. */
export const literalOf = (raw: string): string => lines(withoutForbidden(raw));

/** An attribute's value: white space as spaces (XML 1.0 §3.3.3), references resolved. */
export const attributeOf = (raw: string): string => {
  if (raw.includes('<')) throw notWellFormed('< in an attribute');
  return expand(withoutForbidden(raw).replace(/\r\n|[\t\n\r]/g, ' '));
};
