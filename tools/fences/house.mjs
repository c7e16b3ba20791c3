// The house that the fences stand in: every workspace with its parsed sources and the room that the table gives it.
import { relative } from 'node:path';
import { workspaces } from '../house/workspaces.mjs';
import { readSource } from './source.mjs';
import { rooms } from './table.mjs';

const isTest = (file) => /\.test\.tsx?$/.test(file);

/** npm's name of the package that a specifier points into: `kysely/helpers` → `kysely`, `@a/b/c` → `@a/b`. */
export const packageOf = (specifier) =>
  specifier
    .split('/')
    .slice(0, specifier.startsWith('@') ? 2 : 1)
    .join('/');

const inhabitant = (base) => (path) => {
  const source = readSource(path);
  const imports = source.imports().map(({ specifier, offset }) => ({ specifier, line: source.lineAt(offset) }));
  return { ...source, imports, file: relative(base, path), test: isTest(path) };
};

/** Workspaces below `base`: `{ dir, manifest, tsconfig, room, sources, imported }`; `imported` (npm names) leaves tests out. */
export function readHouse(base) {
  return workspaces(base).map((workspace) => {
    const sources = workspace.sources.map(inhabitant(base));
    const shipped = sources.filter(({ test }) => !test).flatMap(({ imports }) => imports);
    const imported = new Set(shipped.map(({ specifier }) => packageOf(specifier)));
    return { ...workspace, room: rooms[workspace.dir], sources, imported };
  });
}
