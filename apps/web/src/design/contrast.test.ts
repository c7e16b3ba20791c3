// Contrast of the tokens in both themes: 4.5 for text, 3 for what marks a control or a state (WCAG 2.2, 1.4.3 and 1.4.11).
import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';

const css = readFileSync(new URL('tokens.css', import.meta.url), 'utf8');

const tokensOf = (selector: string): ReadonlyMap<string, string> => {
  const block = css.slice(css.indexOf(selector), css.indexOf('}', css.indexOf(selector)));
  return new Map([...block.matchAll(/--([\w-]+): (#[\da-f]{6});/g)].map(([, name = '', value = '']) => [name, value]));
};

/** WCAG 2.2, relative luminance. */
const luminance = (colour: string): number => {
  const [red = 0, green = 0, blue = 0] = [1, 3, 5].map((at) => {
    const part = Number.parseInt(colour.slice(at, at + 2), 16) / 255;
    return part <= 0.040_45 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4;
  });
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
};

const contrast = (one: string, other: string): number => {
  const [dark = 0, light = 0] = [luminance(one), luminance(other)].toSorted((a, b) => a - b);
  return (light + 0.05) / (dark + 0.05);
};

const text: readonly (readonly [string, readonly string[]])[] = [
  ['ink', ['paper', 'surface', 'raised', 'accent-wash', 'bubble-in', 'segment']],
  ['ink-soft', ['paper', 'surface', 'raised', 'accent-wash', 'bubble-in']],
  ['ink-faint', ['paper', 'surface', 'raised', 'accent-wash', 'bubble-in']],
  ['accent', ['paper', 'surface', 'raised', 'accent-wash', 'bubble-out']],
  ['on-accent', ['accent', 'accent-hover']],
  ['on-bubble-out', ['bubble-out']],
  ['quiet-on-bubble-out', ['bubble-out']],
  ['danger', ['danger-wash', 'surface', 'raised', 'bubble-out']],
  ['notice', ['notice-wash']],
  ['read', ['bubble-out', 'paper', 'accent-wash']],
];

const marks: readonly (readonly [string, readonly string[]])[] = [
  ['line-strong', ['paper', 'surface', 'raised']],
  ['online', ['paper', 'surface', 'accent-wash']],
  ['busy', ['paper', 'surface', 'accent-wash']],
];

test.each([
  ['light', ':root'],
  ['dark', '[data-theme="dark"]'],
])('the %s theme can be read', (_, selector) => {
  const tokens = tokensOf(selector);
  const weak = (pairs: typeof text, least: number): readonly string[] =>
    pairs.flatMap(([front, backs]) =>
      backs
        .map((back) => [back, contrast(tokens.get(front) ?? '', tokens.get(back) ?? '')] as const)
        .filter(([, ratio]) => !(ratio >= least))
        .map(([back, ratio]) => `${front} on ${back}: ${ratio.toFixed(2)}`),
    );
  expect(weak(text, 4.5)).toEqual([]);
  expect(weak(marks, 3)).toEqual([]);
});
