// Keys in a list: ends hold, pages are bounded, letters find the next that begins so.
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { type ListOption, moved, TypeAhead } from './list-keys.ts';

const options = ['Angelica', 'Benvolio', 'Count Paris', 'Mercutio', '李白', 'marta'].map(
  (text, position): ListOption => ({ kind: 'option', key: text, text, position }),
);

test('a key leads to an option, or nowhere', () => {
  const keys = fc.constantFrom('ArrowUp', 'ArrowDown', 'PageUp', 'PageDown', 'Home', 'End');
  fc.assert(
    fc.property(keys, fc.integer({ min: 1, max: 5_000 }), fc.nat(), (key, count, at) => {
      const next = moved(key, (at % (count + 1)) - 1, count) ?? -1;
      expect(Number.isInteger(next) && next >= 0 && next < count).toBe(true);
    }),
  );
  expect(moved('ArrowDown', -1, 3)).toBe(0);
  expect(moved('ArrowUp', 0, 3)).toBe(0);
  expect(moved('End', 0, 3)).toBe(2);
  expect(moved('x', 0, 3)).toBeUndefined();
  expect(moved('Home', -1, 0)).toBeUndefined();
});

describe('letters', () => {
  const typed = (...keys: readonly (readonly [string, number])[]): string | undefined => {
    const ahead = new TypeAhead();
    let position = -1;
    let found: ListOption | undefined;
    for (const [key, at] of keys) {
      found = ahead.find(options, position, key, at);
      position = found?.position ?? position;
    }
    return found?.text;
  };

  test('find the first that begins so, in any case and script', () => {
    expect(typed(['b', 0])).toBe('Benvolio');
    expect(typed(['李', 0])).toBe('李白');
    expect(typed(['x', 0])).toBeUndefined();
    expect(typed(['Shift', 0])).toBeUndefined();
  });

  test('soon after each other are a word, and later the next one', () => {
    expect(typed(['m', 0], ['a', 100])).toBe('marta');
    expect(typed(['m', 0], ['m', 2_000])).toBe('marta');
    expect(typed(['m', 0], ['m', 2_000], ['m', 4_000])).toBe('Mercutio');
    expect(typed(['c', 0], ['o', 100], ['u', 200], ['n', 300], ['t', 400], [' ', 500], ['p', 600])).toBe('Count Paris');
    expect(typed([' ', 0])).toBeUndefined();
  });
});
