// G.711 by the values of ITU-T G.711 tables 1 and 2, and by its laws.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { aLaw, type Law, muLaw } from './g711.ts';

const every = Uint8Array.from({ length: 256 }, (_, code) => code);
const one = (law: Law, sample: number): number | undefined => law.encode(Int16Array.of(sample))[0];
const back = (law: Law, code: number): number | undefined => law.decode(Uint8Array.of(code))[0];

describe('µ-law', () => {
  it('decodes the ends of its scale and zero', () => {
    expect([0x00, 0x80, 0x7f, 0xff].map((code) => back(muLaw, code))).toEqual([-32_124, 32_124, 0, 0]);
  });

  it('encodes silence, clips what is too loud, and knows the sign', () => {
    expect([0, 32_767, -32_768, 1_000, -1_000].map((sample) => one(muLaw, sample))).toEqual([
      0xff, 0x80, 0x00, 0xce, 0x4e,
    ]);
  });

  it('gives every code back, the two zeros as one', () => {
    const expected = every.map((code) => (code === 0x7f ? 0xff : code));
    expect(muLaw.encode(muLaw.decode(every))).toEqual(expected);
  });

  it('is never farther off than half a step', () => {
    fc.assert(
      fc.property(fc.integer({ min: -32_768, max: 32_767 }), (sample) => {
        const heard = back(muLaw, one(muLaw, sample) ?? 0) ?? 0;
        expect(Math.abs(heard - sample)).toBeLessThanOrEqual((Math.abs(sample) + 132) / 32 + 1);
      }),
    );
  });
});

describe('A-law', () => {
  it('decodes the ends of its scale and what is next to zero', () => {
    expect([0x2a, 0xaa, 0x55, 0xd5].map((code) => back(aLaw, code))).toEqual([-32_256, 32_256, -8, 8]);
  });

  it('encodes silence, what is loudest, and knows the sign', () => {
    expect([0, -1, 32_767, -32_768].map((sample) => one(aLaw, sample))).toEqual([0xd5, 0x55, 0xaa, 0x2a]);
  });

  it('gives every code back', () => {
    expect(aLaw.encode(aLaw.decode(every))).toEqual(every);
  });

  it('is never farther off than half a step', () => {
    fc.assert(
      fc.property(fc.integer({ min: -32_768, max: 32_767 }), (sample) => {
        const heard = back(aLaw, one(aLaw, sample) ?? 0) ?? 0;
        expect(Math.abs(heard - sample)).toBeLessThanOrEqual(Math.max(8, Math.abs(sample) / 32) + 1);
      }),
    );
  });
});
