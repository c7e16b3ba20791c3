// G.711: samples of 16 bits to one byte each and back, by both laws (ITU-T G.711; RFC 3551 §4.5.14).

export interface Law {
  encode(samples: Int16Array): Uint8Array;
  decode(bytes: Uint8Array): Int16Array;
}

const [bias, clip] = [0x84, 32_635];

const segmentOf = (magnitude: number): number => 31 - Math.clz32(magnitude >> 7 || 1);

const toMu = (sample: number): number => {
  const sign = sample < 0 ? 0x80 : 0;
  const magnitude = Math.min(Math.abs(sample), clip) + bias;
  const segment = segmentOf(magnitude);
  return ~(sign | (segment << 4) | ((magnitude >> (segment + 3)) & 0x0f)) & 0xff;
};

const fromMu = (byte: number): number => {
  const code = ~byte & 0xff;
  const magnitude = ((((code & 0x0f) << 3) + bias) << ((code >> 4) & 0x07)) - bias;
  return code & 0x80 ? -magnitude : magnitude;
};

/** Even bits are inverted on the line. */
const inverted = 0x55;

const toA = (sample: number): number => {
  const magnitude = Math.min(sample < 0 ? -sample - 1 : sample, 32_767);
  const segment = magnitude < 256 ? 0 : segmentOf(magnitude);
  const mantissa = (magnitude >> (segment === 0 ? 4 : segment + 3)) & 0x0f;
  return ((sample < 0 ? 0 : 0x80) | (segment << 4) | mantissa) ^ inverted;
};

const fromA = (byte: number): number => {
  const code = byte ^ inverted;
  const segment = (code >> 4) & 0x07;
  const mantissa = ((code & 0x0f) << 4) + 8;
  const magnitude = segment === 0 ? mantissa : (mantissa + 0x100) << (segment - 1);
  return code & 0x80 ? magnitude : -magnitude;
};

const law = (encode: (sample: number) => number, decode: (byte: number) => number): Law => {
  const decoded = Int16Array.from({ length: 256 }, (_, byte) => decode(byte));
  return {
    encode: (samples) => Uint8Array.from(samples, encode),
    decode: (bytes) => Int16Array.from(bytes, (byte) => decoded[byte] ?? 0),
  };
};

export const muLaw = law(toMu, fromMu);
export const aLaw = law(toA, fromA);
