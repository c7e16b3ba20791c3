// Sound files: RIFF WAVE, 8,000 samples a second, one channel, 16 bits, little-endian; anything else is refused by name.

/** Samples a second of all that phones say here. */
export const rate = 8_000;

const headLength = 44;

const textAt = (view: DataView, at: number): string =>
  String.fromCharCode(...Array.from({ length: 4 }, (_, n) => view.getUint8(at + n)));

/** The samples of a file. Throws an `Error` with a sentence for people when it is another kind of file. */
export const readWav = (bytes: Uint8Array): Int16Array => {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (bytes.length < 12 || textAt(view, 0) !== 'RIFF' || textAt(view, 8) !== 'WAVE') throw new Error('not a WAV file');
  let usable = false;
  for (let at = 12; at + 8 <= bytes.length; ) {
    const length = view.getUint32(at + 4, true);
    const name = textAt(view, at);
    if (name === 'fmt ') usable = isOurs(view, at + 8);
    if (name === 'data' && usable) return samplesOf(view, at + 8, Math.min(length, bytes.length - at - 8));
    at += 8 + length + (length % 2);
  }
  throw new Error('the WAV file must have 8000 samples a second, one channel, 16 bits');
};

const isOurs = (view: DataView, at: number): boolean =>
  at + 16 <= view.byteLength &&
  view.getUint16(at, true) === 1 &&
  view.getUint16(at + 2, true) === 1 &&
  view.getUint32(at + 4, true) === rate &&
  view.getUint16(at + 14, true) === 16;

const samplesOf = (view: DataView, at: number, length: number): Int16Array =>
  Int16Array.from({ length: length >> 1 }, (_, n) => view.getInt16(at + 2 * n, true));

export const writeWav = (samples: Int16Array): Uint8Array => {
  const bytes = new Uint8Array(headLength + samples.length * 2);
  const view = new DataView(bytes.buffer);
  const put = (at: number, text: string): void => {
    for (let n = 0; n < text.length; n++) view.setUint8(at + n, text.charCodeAt(n));
  };
  put(0, 'RIFF');
  view.setUint32(4, bytes.length - 8, true);
  put(8, 'WAVEfmt ');
  view.setUint32(16, 16, true);
  view.setUint16(20, 1, true);
  view.setUint16(22, 1, true);
  view.setUint32(24, rate, true);
  view.setUint32(28, rate * 2, true);
  view.setUint16(32, 2, true);
  view.setUint16(34, 16, true);
  put(36, 'data');
  view.setUint32(40, samples.length * 2, true);
  for (const [n, sample] of samples.entries()) view.setInt16(headLength + 2 * n, sample, true);
  return bytes;
};
