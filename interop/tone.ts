// A sine tone in a WAV file (RIFF, PCM of 16 bits, one channel), and how much of a file is that tone (Goertzel's algorithm).
import { readFileSync, writeFileSync } from 'node:fs';

/** What every telephone speaks: G.711 (RFC 3551 §4.5.14). */
const rate = 8_000;

const header = (bytes: number): Buffer => {
  const head = Buffer.alloc(44);
  head.write('RIFF', 0, 'latin1');
  head.writeUInt32LE(36 + bytes, 4);
  head.write('WAVEfmt ', 8, 'latin1');
  head.writeUInt32LE(16, 16);
  head.writeUInt16LE(1, 20);
  head.writeUInt16LE(1, 22);
  head.writeUInt32LE(rate, 24);
  head.writeUInt32LE(rate * 2, 28);
  head.writeUInt16LE(2, 32);
  head.writeUInt16LE(16, 34);
  head.write('data', 36, 'latin1');
  head.writeUInt32LE(bytes, 40);
  return head;
};

/** Writes a tone of that frequency (Hz) at half of full scale. */
export const writeTone = (path: string, frequency: number, seconds: number): void => {
  const samples = Buffer.alloc(rate * seconds * 2);
  for (let n = 0; n < rate * seconds; n++)
    samples.writeInt16LE(Math.round(16_384 * Math.sin((2 * Math.PI * frequency * n) / rate)), n * 2);
  writeFileSync(path, Buffer.concat([header(samples.length), samples]));
};

interface Sound {
  readonly rate: number;
  /** From -1 to 1; of several channels the first. */
  readonly samples: Float64Array;
}

/** A file that is still being written counts as far as it goes, whatever its lengths say. */
const readSound = (path: string): Sound => {
  const file = readFileSync(path);
  let [channels, frequency] = [1, rate];
  for (let at = 12; at + 8 <= file.length; ) {
    const [name, said] = [file.toString('latin1', at, at + 4), file.readUInt32LE(at + 4)];
    const body = file.subarray(at + 8);
    if (name === 'fmt ') [channels, frequency] = [body.readUInt16LE(2), body.readUInt32LE(4)];
    if (name === 'data') {
      const bytes = said === 0 ? body.length : Math.min(said, body.length);
      const read = (_: unknown, n: number): number => body.readInt16LE(n * channels * 2) / 32_768;
      return { rate: frequency, samples: Float64Array.from({ length: Math.floor(bytes / (channels * 2)) }, read) };
    }
    at += 8 + said + (said % 2);
  }
  return { rate: frequency, samples: new Float64Array() };
};

/** The share of that frequency in the energy of the samples, 0 to 1. */
const shareOf = (samples: Float64Array, cyclesPerSample: number): number => {
  const coefficient = 2 * Math.cos(2 * Math.PI * cyclesPerSample);
  let [energy, last, before] = [0, 0, 0];
  for (const sample of samples) {
    [last, before] = [sample + coefficient * last - before, last];
    energy += sample * sample;
  }
  const power = last * last + before * before - coefficient * last * before;
  return energy === 0 ? 0 : (2 * power) / (samples.length * energy);
};

/** A tenth of a second, in which 10 Hz are told apart. */
const windowsPerSecond = 10;

/** Milliseconds of the file in which the tone is loud (above -34 dB of full scale) and nine tenths of all that is heard. */
export const toneMilliseconds = (path: string, frequency: number): number => {
  const sound = readSound(path);
  const size = Math.floor(sound.rate / windowsPerSecond);
  let windows = 0;
  for (let at = 0; at + size <= sound.samples.length; at += size) {
    const part = sound.samples.subarray(at, at + size);
    const loud = part.reduce((sum, sample) => sum + sample * sample, 0) / size > 0.02 ** 2;
    if (loud && shareOf(part, frequency / sound.rate) > 0.9) windows++;
  }
  return (windows * 1_000) / windowsPerSecond;
};
