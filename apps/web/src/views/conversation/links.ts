// Links inside a text: only schemes that cannot run anything, and only what the text really says.

export type Piece =
  | { readonly kind: 'text'; readonly text: string }
  | { readonly kind: 'link'; readonly text: string; readonly href: string };

const candidate = /\b(?:https?:\/\/|mailto:|xmpp:)[^\s<>"“”‘’«»]{1,2000}/giu;

const schemes: ReadonlySet<string> = new Set(['http:', 'https:', 'mailto:', 'xmpp:']);

/** Characters that change the direction of text or are not to be seen: an address that needs them is no link. */
const misleading = /[\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff]/u;

/** What belongs to the sentence and not to the address. */
const trailing = /[.,;:!?'、。，；：！？）】》…]+$/u;

const trimmed = (text: string): string => {
  const bare = text.replace(trailing, '');
  const count = (sign: string): number => bare.split(sign).length;
  return bare.endsWith(')') && count(')') > count('(') ? trimmed(bare.slice(0, -1)) : bare;
};

const addressOf = (text: string): string | undefined => {
  if (misleading.test(text) || !URL.canParse(text)) return undefined;
  const url = new URL(text);
  // A name in front of the host makes one host look like another.
  return schemes.has(url.protocol) && url.username === '' && url.password === '' ? url.href : undefined;
};

/** The text in pieces that together are the text. */
export const piecesOf = (text: string): readonly Piece[] => {
  const pieces: Piece[] = [];
  let end = 0;
  for (const { 0: found, index } of text.matchAll(candidate)) {
    const shown = trimmed(found);
    const href = addressOf(shown);
    if (href === undefined) continue;
    if (index > end) pieces.push({ kind: 'text', text: text.slice(end, index) });
    pieces.push({ kind: 'link', text: shown, href });
    end = index + shown.length;
  }
  if (end < text.length) pieces.push({ kind: 'text', text: text.slice(end) });
  return pieces;
};
