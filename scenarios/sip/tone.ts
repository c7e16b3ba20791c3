// A tone, and how strong one is in what was heard: the filter of Goertzel, at 8,000 samples a second.
import { rate } from '@parlance/sip-client/audio/wav';

export const tone = (frequency: number, seconds: number): Int16Array =>
  Int16Array.from({ length: rate * seconds }, (_, n) => 12_000 * Math.sin((2 * Math.PI * frequency * n) / rate));

/** The mean power at one frequency. */
export const strength = (samples: Int16Array, frequency: number): number => {
  const coefficient = 2 * Math.cos((2 * Math.PI * frequency) / rate);
  let [one, two] = [0, 0];
  for (const sample of samples) [one, two] = [sample + coefficient * one - two, one];
  return (one * one + two * two - coefficient * one * two) / samples.length ** 2;
};
