// The tables of RFC 3920–3923 and of their successors' conformance: nothing is left out, every state is one of the four, and what shows it
// is there (row 18).
import { existsSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';

const page = new URL('../docs/rfc3920-3923.md', import.meta.url);

/** By RFC: rows as cells. */
const tables = new Map(
  readFileSync(fileURLToPath(page), 'utf8')
    .split(/^## RFC /m)
    .slice(1)
    .map((part) => [
      part.slice(0, 4),
      part
        .split('\n')
        .filter((line) => /^\| (?!section|feature|---)/.test(line))
        .map((line) => line.slice(2, -2).split(/(?<!\\) \| /)),
    ]),
);

/** The section that comes before this one among its siblings, or else the one that holds it; '' for the first of all. */
const predecessor = (section) => {
  const parts = section.split('.');
  const last = parts.pop();
  if (/\D/.test(last)) return last === 'A' ? '' : String.fromCharCode(last.charCodeAt(0) - 1);
  return last === '1' ? parts.join('.') : [...parts, Number(last) - 1].join('.');
};

const state = /^(done|not yet|replaced|refused|–)/;

/** Files that rows name and that are not there. */
const missing = (rows) =>
  rows
    .flatMap((row) => [...row.at(-1).matchAll(/\]\(([^)]+)\)/g)].map(([, path]) => path))
    .filter((path) => !existsSync(new URL(path, page)));

describe.each([
  ['3920', ['16.2', 'D.7']],
  ['3921', ['16.2', 'C.2']],
  ['3922', ['8.2']],
  ['3923', ['13.2', 'A']],
])('RFC %s', (rfc, last) => {
  const rows = tables.get(rfc) ?? [];
  const sections = new Set(['', ...rows.map(([section]) => section.replace('Appendix ', ''))]);

  it('has one row for every section', () => {
    expect(rows).toHaveLength(sections.size - 1);
    const wanted = [...last, ...[...sections].filter((section) => section !== '').map(predecessor)];
    expect(wanted.filter((section) => !sections.has(section))).toEqual([]);
  });

  it('says of each what it is, what came after it, and its state', () => {
    expect(rows.filter((row) => row.length !== 5 || row.includes('') || !state.test(row[3]))).toEqual([]);
  });

  it('names files that are there', () => {
    expect(missing(rows)).toEqual([]);
  });
});

/** As many features as RFC 6120 §15 and RFC 6121 §12 list. */
describe.each([
  ['6120', 63],
  ['6121', 17],
])('conformance to RFC %s', (rfc, count) => {
  const rows = tables.get(rfc) ?? [];

  it('has one row for every feature, with its state and files that are there', () => {
    expect(new Set(rows.map(([feature]) => feature)).size).toBe(count);
    expect(rows).toHaveLength(count);
    expect(rows.filter((row) => row.length !== 6 || row.includes('') || !state.test(row[4]))).toEqual([]);
    expect(missing(rows)).toEqual([]);
  });
});
