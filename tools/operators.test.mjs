// docs/operators.md names every key of the configuration, in both languages.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { fileSchema } from '../apps/server/src/config/schema.ts';
import { root } from './house/workspaces.mjs';

const isSection = (value) => typeof value === 'object' && value !== null && !Array.isArray(value);

/** Each key, and its section: `sip.mode` is told where all of `sip` is. */
const keys = Object.entries(fileSchema.parse({})).flatMap(([name, value]) =>
  isSection(value) && Object.keys(value).length > 0
    ? Object.keys(value).map((key) => [`${name}.${key}`, name])
    : [[name]],
);

it.each(['operators.md', 'operators.zh-CN.md'])('docs/%s tells of every key', (page) => {
  const text = readFileSync(join(root, 'docs', page), 'utf8');
  const untold = keys.filter((spellings) => !spellings.some((spelling) => text.includes(`\`${spelling}\``)));
  expect(keys.length).toBeGreaterThan(40);
  expect(untold.map(([key]) => key)).toEqual([]);
});
