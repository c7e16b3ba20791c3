// Both languages say the same things: the same keys, the same values to fill in, nothing empty.
import { expect, test } from 'vitest';
import { en } from './en.ts';
import { zh } from './zh.ts';

type Texts = { readonly [key: string]: string | Texts };

const flat = (texts: Texts, path = ''): readonly (readonly [string, string])[] =>
  Object.entries(texts).flatMap(([key, value]) =>
    typeof value === 'string' ? [[`${path}${key}`, value] as const] : flat(value, `${path}${key}.`),
  );

const slots = (text: string): readonly string[] =>
  [...text.matchAll(/\{\{(\w+)\}\}/g)].map(([slot]) => slot).toSorted();

test('English and Chinese have the same keys', () => {
  expect(flat(zh).map(([key]) => key)).toEqual(flat(en).map(([key]) => key));
});

test('each text has the same values to fill in', () => {
  const chinese = new Map(flat(zh));
  for (const [key, text] of flat(en)) expect([key, slots(chinese.get(key) ?? '')]).toEqual([key, slots(text)]);
});

test('no text is empty', () => {
  for (const [, text] of [...flat(en), ...flat(zh)]) expect(text.trim()).not.toBe('');
});
