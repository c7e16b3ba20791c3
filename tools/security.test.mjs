// docs/security.md is true: each line names tests that are there and bear its number, and both languages say the same.
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { root } from './house/workspaces.mjs';

const read = (path) => readFileSync(join(root, path), 'utf8');

const spelledOut = (path) =>
  path.replace(/^server\//, 'packages/xmpp-server/src/').replace(/^attack\//, 'scenarios/attack/');

/** The lines of a page's tables: number, and the tests that it names. */
const linesOf = (page) =>
  [...read(`docs/${page}`).matchAll(/^\| (\d+) \| .*? \| (.*?) \|$/gm)].map(([, number, tried]) => ({
    number: Number(number),
    paths: [...tried.matchAll(/`([^`]+\.test\.\w+)`/g)].map(([, path]) => spelledOut(path)),
  }));

const lines = linesOf('security.md');

/** Lines for which the part that they are about is not built. */
const later = new Set([13, 20, 21, 26, 30, 31, 58]);

/** A test's title has the number, by itself or from its table of cases. */
const bears = (text, number) =>
  new RegExp(`checklist[^\\n]*\\b${number}\\b`, 'i').test(text) ||
  (text.includes('checklist %s') && new RegExp(`'${number}: `).test(text));

it('every line of parts A, B, C and E is there', () => {
  const numbers = (from, to) => Array.from({ length: to - from + 1 }, (_, n) => from + n);
  expect(lines.map(({ number }) => number)).toEqual([...numbers(1, 35), ...numbers(48, 59)]);
});

describe.each(lines.filter(({ number }) => !later.has(number)))('line $number', ({ number, paths }) => {
  it('names tests that are there, one of them by its number', () => {
    expect(paths.filter((path) => !existsSync(join(root, path)))).toEqual([]);
    expect(paths.filter((path) => bears(read(path), number))).not.toEqual([]);
  });
});

it('in Chinese the same tests are named', () => {
  expect(linesOf('security.zh-CN.md')).toEqual(lines);
});
