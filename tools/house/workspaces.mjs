// The workspaces as they are on disk: folder, manifest, sources. Every tool that walks the house reads it here.
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** The repository's root, without a trailing slash. */
export const root = dirname(dirname(dirname(fileURLToPath(import.meta.url))));

const generated = new Set(['node_modules', 'dist', 'dist-types', 'results']);

/** Reads JSON with comments on lines of their own, as tsconfig files have them. */
export const readJson = (file) => JSON.parse(readFileSync(file, 'utf8').replaceAll(/^\s*\/\/.*$/gm, ''));

/** Paths of the files below `folder`, generated ones left out; none when it does not exist. */
export function filesBelow(folder) {
  if (!existsSync(folder)) return [];
  return readdirSync(folder, { withFileTypes: true })
    .filter((entry) => !generated.has(entry.name) && !entry.name.startsWith('.'))
    .flatMap((entry) => {
      const path = join(folder, entry.name);
      return entry.isDirectory() ? filesBelow(path) : [path];
    });
}

const readIfThere = (file) => (existsSync(file) ? readJson(file) : undefined);

const foldersOf = (base, pattern) => {
  if (!pattern.endsWith('/*')) return existsSync(join(base, pattern)) ? [pattern] : [];
  const parent = pattern.slice(0, -2);
  if (!existsSync(join(base, parent))) return [];
  const entries = readdirSync(join(base, parent), { withFileTypes: true });
  return entries.filter((entry) => entry.isDirectory()).map((entry) => `${parent}/${entry.name}`);
};

/**
 * Every folder that matches the root manifest's `workspaces`, in its order.
 * `manifest` and `tsconfig` are undefined where the file is absent; `sources` are absolute paths of .ts and .tsx files.
 */
export function workspaces(base = root) {
  return readJson(join(base, 'package.json'))
    .workspaces.flatMap((pattern) => foldersOf(base, pattern))
    .map((dir) => ({
      dir,
      manifest: readIfThere(join(base, dir, 'package.json')),
      tsconfig: readIfThere(join(base, dir, 'tsconfig.json')),
      sources: filesBelow(join(base, dir)).filter((file) => /\.tsx?$/.test(file)),
    }));
}
