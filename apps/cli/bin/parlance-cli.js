#!/usr/bin/env node
// The `parlance-cli` command. In a clone it first builds what is stale; an installed package brings dist/ and no sources.
import { existsSync } from 'node:fs';

const here = (path) => new URL(path, import.meta.url);
const fail = (why) => {
  process.stderr.write(`parlance-cli: ${why}\n`);
  process.exit(1);
};

if (existsSync(here('../src')) && existsSync(here('../../../tools/house/build.mjs'))) {
  const { build } = await import('../../../tools/house/build.mjs');
  await build({ web: false }).catch((error) => fail(error.message));
}
if (!existsSync(here('../dist/main.js'))) fail('dist/main.js is missing: the package is incomplete, install it again.');
await import('../dist/main.js');
