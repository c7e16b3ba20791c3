// The languages: chosen by locale or configuration, and every command of one is there in the other.
import { expect, test } from 'vitest';
import { loadConfiguration } from '../config/load.ts';
import { textsFor, textsOf } from './choose.ts';
import { english } from './en.ts';
import { chinese } from './zh.ts';

test.each([
  [{ LANG: 'zh_CN.UTF-8' }, chinese],
  [{ LANG: 'zh_CN.UTF-8', LC_ALL: 'en_GB.UTF-8' }, english],
  [{ LANG: 'C', LC_MESSAGES: 'zh_TW' }, chinese],
  [{ LC_ALL: '', LANG: 'de_DE' }, english],
  [{}, english],
])('%o', (environment, texts) => {
  expect(textsFor(environment)).toBe(texts);
});

test('the configuration goes before the locale', () => {
  const request = { config: undefined, data: undefined, environment: {}, directory: '/nonexistent' };
  const configuration = loadConfiguration(request);
  expect(textsOf(configuration, english)).toBe(english);
  expect(textsOf({ ...configuration, language: 'zh' }, english)).toBe(chinese);
});

/** Every sentence, with what it is about filled in. */
const sentences = (texts: unknown): readonly string[] => {
  if (typeof texts === 'string') return [texts];
  if (typeof texts === 'function') return [(texts as (...subjects: string[]) => string)('~1', '~2', '~3')];
  return Object.values(texts as object).flatMap(sentences);
};

/** What each sentence is about, in the order of sentences. */
const subjects = (texts: unknown): readonly string[] =>
  sentences(texts).map((sentence) => ['~1', '~2', '~3'].filter((subject) => sentence.includes(subject)).join(' '));

test('both say the same things about the same subjects', () => {
  expect(subjects(chinese)).toEqual(subjects(english));
});
