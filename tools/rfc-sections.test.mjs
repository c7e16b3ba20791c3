// The tables of RFC 3920–3923: no section is left out, every state is one of the four, and what shows it is there (row 18).
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
        .filter((line) => /^\| (\d|[A-Z]\.|Appendix)/.test(line))
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

const linked = (shown) => /\]\(([^)]+)\)/.exec(shown)?.[1] ?? '';

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
    const state = /^(done|not yet|replaced|refused|–)/;
    expect(rows.filter((row) => row.length !== 5 || row.includes('') || !state.test(row[3]))).toEqual([]);
  });

  it('names files that are there', () => {
    const files = rows.map(([, , , , shown]) => linked(shown)).filter((file) => file !== '');
    expect(files.filter((file) => !existsSync(new URL(file, page)))).toEqual([]);
  });
});
