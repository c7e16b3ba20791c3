// Sound files: what is written is read, other chunks are passed over, other kinds are refused.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { readWav, writeWav } from './wav.ts';

const samples = Int16Array.of(0, 1, -1, 32_767, -32_768);

/** A file with one 16-bit or 32-bit number of its head changed. */
const changed = (at: number, value: number, bytes: 2 | 4): Uint8Array => {
  const file = writeWav(samples);
  const view = new DataView(file.buffer);
  if (bytes === 2) view.setUint16(at, value, true);
  else view.setUint32(at, value, true);
  return file;
};

const wanted = 'the WAV file must have 8000 samples a second, one channel, 16 bits';

describe('a WAV file', () => {
  it('is read as it was written, whatever the samples', () => {
    fc.assert(
      fc.property(fc.int16Array({ maxLength: 500 }), (any) => {
        expect(readWav(writeWav(any))).toEqual(any);
      }),
    );
  });

  it('may have other chunks before the sound, also of an odd length', () => {
    const file = writeWav(samples);
    const list = Uint8Array.of(...new TextEncoder().encode('LIST'), 3, 0, 0, 0, 1, 2, 3, 0);
    expect(readWav(Uint8Array.of(...file.subarray(0, 36), ...list, ...file.subarray(36)))).toEqual(samples);
  });

  it('ends where the file ends, when a recorder never came to write the length', () => {
    expect(readWav(changed(40, 0xff_ff_ff_ff, 4))).toEqual(samples);
  });

  it.each([
    ['two channels', changed(22, 2, 2)],
    ['44,100 samples a second', changed(24, 44_100, 4)],
    ['8 bits', changed(34, 8, 2)],
    ['another coding', changed(20, 7, 2)],
    ['no sound', writeWav(samples).subarray(0, 36)],
  ])('with %s is refused, saying what is wanted', (_kind, file) => {
    expect(() => readWav(file)).toThrow(wanted);
  });

  it('is told from any other bytes', () => {
    expect(() => readWav(new TextEncoder().encode('ID3 and so on, no WAV'))).toThrow('not a WAV file');
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 100 }), (tail) => {
        const file = Uint8Array.of(...writeWav(samples).subarray(0, 12), ...tail);
        expect(() => readWav(file)).toThrow(wanted);
      }),
    );
  });
});
