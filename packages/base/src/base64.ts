// Base 64 for packages without a platform: canonical both ways (RFC 4648 §4, §3.5).

const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/';
const canonical = /^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$/;

/** The value of a sign by its code. */
const values = new Uint8Array(128);
for (let value = 0; value < alphabet.length; value++) values[alphabet.charCodeAt(value)] = value;

export const toBase64 = (bytes: Uint8Array): string => {
  let text = '';
  for (let at = 0; at < bytes.length; at += 3) {
    const [one = 0, two = 0, three = 0] = bytes.subarray(at, at + 3);
    const word = (one << 16) | (two << 8) | three;
    const left = bytes.length - at;
    text += alphabet.charAt(word >> 18) + alphabet.charAt((word >> 12) & 63);
    text += left > 1 ? alphabet.charAt((word >> 6) & 63) : '=';
    text += left > 2 ? alphabet.charAt(word & 63) : '=';
  }
  return text;
};

/** Undefined for anything but canonical base 64: no white space, full padding, unused bits zero. */
export const fromBase64 = (text: string): Uint8Array | undefined => {
  if (!canonical.test(text)) return undefined;
  const padding = text.endsWith('==') ? 2 : Number(text.endsWith('='));
  const bytes = new Uint8Array((text.length / 4) * 3 - padding);
  let rest = 0;
  for (let at = 0, to = 0; at < text.length; at += 4) {
    let word = 0;
    for (let sign = 0; sign < 4; sign++) word = (word << 6) | (values[text.charCodeAt(at + sign)] ?? 0);
    for (let shift = 16; shift >= 0; shift -= 8) {
      if (to < bytes.length) bytes[to++] = (word >> shift) & 255;
      else rest |= (word >> shift) & 255;
    }
  }
  return rest === 0 ? bytes : undefined;
};
