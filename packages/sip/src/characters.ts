// Character classes of the SIP grammar as one look-up each (RFC 3261 §25.1).

const digits = '0123456789';
const letters = 'abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ';
const alphanum = digits + letters;
const unreserved = `${alphanum}-_.!~*'()`;
const token = `${alphanum}-.!%*_+\`'~`;
const visible = String.fromCharCode(...Array.from({ length: 94 }, (_, n) => 0x21 + n));

/** Whether a code is one of these characters; codes above 127 are none. */
export type CharacterClass = (code: number) => boolean;

const oneOf = (characters: string, but = ''): CharacterClass => {
  const members = new Uint8Array(128);
  for (const character of characters) members[character.charCodeAt(0)] = but.includes(character) ? 0 : 1;
  return (code) => members[code] === 1;
};

export const isDigit = oneOf(digits);
export const isHex = oneOf(`${digits}abcdefABCDEF`);
export const isLetter = oneOf(letters);
export const isAlphanum = oneOf(alphanum);
/** A character that means the same with and without an escape (RFC 3261 §19.1.4). */
export const isUnreserved = oneOf(unreserved);
/** `token`. */
export const isToken = oneOf(token);
/** A character of a Call-ID: `word`, and the at sign between two of them. */
export const isCallId = oneOf(`${token}()<>:\\"/[]?{}@`);
/** A character of a host name or an IPv4 address. */
export const isHost = oneOf(`${alphanum}-.`);
/** A character of a URI's scheme, after its first letter. */
export const isScheme = oneOf(`${alphanum}+-.`);
/** A character of `user`, the percent sign of an escape among them. */
export const isUser = oneOf(`${unreserved}%&=+$,;?/`);
/** A character of `password`, as above. */
export const isPassword = oneOf(`${unreserved}%&=+$,`);
/** A character of a URI parameter's name: `paramchar`. */
export const isParameterName = oneOf(`${unreserved}%[]/:&+$`);
/** A character of a URI parameter's value; the equals sign is not in the grammar, but in use and harmless. */
export const isParameterValue = oneOf(`${unreserved}%[]/:&+$=`);
/** A character of a SIP URI's headers: `hnv-unreserved`, `=` and `&`. */
export const isUriHeader = oneOf(`${unreserved}%[]/?:+$=&`);
/** A character of any other URI: `uric`, the brackets of RFC 2732 and a fragment's sign. */
export const isUri = oneOf(`${unreserved}%;/?:@&=+$,[]#`);
/** A character of a URI in angle brackets; which of them belong there, `uri.ts` knows. */
export const isEnclosed = oneOf(visible, '<>"');
/** A character of a URI without angle brackets: it ends where a parameter or another value begins (RFC 3261 §20, RFC 8217 §3). */
export const isBare = oneOf(visible, '<>",;?');
/** A character of a parameter's value without quotes: `token`, `host` with IPv6, and what is seen besides. */
export const isLoose = oneOf(`${token}[]:/@$&`);

/** Space and tab. */
export const isSpace = (code: number): boolean => code === 0x20 || code === 0x09;

/** Whether a text is not empty and of one class only. */
export const isAll = (text: string, is: CharacterClass): boolean => {
  for (let at = 0; at < text.length; at++) if (!is(text.charCodeAt(at))) return false;
  return text !== '';
};
