// Moments in words: today, this week, long ago, in both languages.
import { expect, test } from 'vitest';
import { agoWhen, daysBetween, shortWhen } from './when.ts';

const at = (day: number, hour: number, minute = 0): number => new Date(2030, 0, day, hour, minute).getTime();

test('days are counted from midnight to midnight', () => {
  expect(daysBetween(at(1, 23, 59), at(2, 0, 1))).toBe(1);
  expect(daysBetween(at(2, 0, 1), at(2, 23, 59))).toBe(0);
});

test('the list shows the time today, then the weekday, then the date', () => {
  expect(shortWhen(at(10, 9, 5), at(10, 18), 'en')).toBe('09:05');
  expect(shortWhen(at(8, 9, 5), at(10, 18), 'en')).toBe('Tue');
  expect(shortWhen(at(8, 9, 5), at(10, 18), 'zh')).toBe('周二');
  expect(shortWhen(at(1, 9, 5), at(10, 18), 'en')).toBe('1/1/30');
});

test('last seen is told as one would say it', () => {
  expect(agoWhen(at(10, 17, 55), at(10, 18), 'en')).toBe('5 minutes ago');
  expect(agoWhen(at(10, 15), at(10, 18), 'en')).toBe('3 hours ago');
  expect(agoWhen(at(9, 23), at(10, 1), 'en')).toBe('yesterday');
  expect(agoWhen(at(9, 23), at(10, 1), 'zh')).toBe('昨天');
});
