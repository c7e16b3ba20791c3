// docs/dependencies.md names every package that a manifest asks for, with its version, and no other.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { readJson, root, workspaces } from './house/workspaces.mjs';

const isOurs = (name) => name.startsWith('@parlance/') || name === 'parlance-im';

const asked = () => {
  const others = ['package.json', 'interop/libraries/package.json'].map((file) => readJson(join(root, file)));
  const manifests = [...others, ...workspaces().map(({ manifest }) => manifest)];
  const all = manifests.flatMap((manifest) =>
    Object.entries({ ...manifest?.dependencies, ...manifest?.devDependencies }),
  );
  return new Map(all.filter(([name]) => !isOurs(name)));
};

const told = () => {
  const page = readFileSync(join(root, 'docs/dependencies.md'), 'utf8');
  const rows = [...page.matchAll(/^\| (@?[\w./-]+) \| (\d[\w.-]*) \|/gm)];
  return new Map(rows.map(([, name, version]) => [name, version]));
};

const sorted = (map) => [...map].sort(([a], [b]) => a.localeCompare(b, 'en'));

it('docs/dependencies.md tells what is asked for', () => {
  expect(asked().size).toBeGreaterThan(20);
  expect(sorted(told())).toEqual(sorted(asked()));
});
