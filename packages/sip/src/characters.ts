// Character classes of the SIP grammar as one look-up each (RFC 3261 §25.1).

/** One bit for each class, by code; codes above 127 have none. */
const classes = new Uint8Array(128);

const [tokenBit, hostBit, userBit, digitBit, uriBit, wordBit, hexBit] = [1, 2, 4, 8, 16, 32, 64];

const mark = (bit: number, characters: string): void => {
  for (const character of characters) {
    const code = character.charCodeAt(0);
    classes[code] = (classes[code] ?? 0) | bit;
  }
};

const digits = '0123456789';
const letters = 'abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ';
const alphanum = digits + letters;
const unreserved = `${alphanum}-_.!~*'()`;

mark(tokenBit, `${alphanum}-.!%*_+\`'~`);
mark(wordBit, `${alphanum}-.!%*_+\`'~()<>:\\"/[]?{}`);
mark(hostBit, `${alphanum}-.`);
mark(userBit, `${unreserved}%&=+$,;?/`);
mark(uriBit, `${unreserved}%;/?:@&=+$,[]`);
mark(digitBit, digits);
mark(hexBit, `${digits}abcdefABCDEF`);

const test =
  (bit: number) =>
  (code: number): boolean =>
    ((classes[code] ?? 0) & bit) !== 0;

/** `token` (RFC 3261 §25.1). */
export const isToken = test(tokenBit);
/** A character of `word`, of which a Call-ID is made. */
export const isWord = test(wordBit);
/** A character of a host name or an IPv4 address. */
export const isHost = test(hostBit);
/** A character of `user`, the percent sign of an escape among them. */
export const isUser = test(userBit);
/** A character of any URI. */
export const isUri = test(uriBit);
export const isDigit = test(digitBit);
export const isHex = test(hexBit);

/** Whether a text is not empty and of one class only. */
export const isAll = (text: string, is: (code: number) => boolean): boolean => {
  for (let at = 0; at < text.length; at++) if (!is(text.charCodeAt(at))) return false;
  return text !== '';
};
