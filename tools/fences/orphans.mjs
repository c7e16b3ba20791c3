// Fence: no source file that nobody imports. (Every file is an entry by the exports map, so that knip cannot see this.)
import { dirname, join } from 'node:path';

const scope = '@parlance/';

const isEntry = ({ file, test }) => test || !/\/src\//.test(file) || /\.d\.ts$|\/src\/main\.tsx?$/.test(file);

const target = (file, specifier) => {
  if (specifier.startsWith('.')) return join(dirname(file), specifier);
  if (!specifier.startsWith(scope)) return undefined;
  const [name, ...path] = specifier.slice(scope.length).split('/');
  return `packages/${name}/src/${path.join('/')}.ts`;
};

/** Files that are named as `new URL('….js', import.meta.url)`: workers, which are started and not imported. */
const started = ({ file, text }) =>
  text.includes('new URL(')
    ? [...text.matchAll(/'(\.\.?\/[^']+)\.js'/g)].map(([, path]) => `${join(dirname(file), path)}.ts`)
    : [];

/** Source files that no other file imports or starts, as sentences. */
export const orphans = (house) => {
  const sources = house.flatMap((workspace) => workspace.sources);
  const imported = sources.flatMap(({ file, imports }) => imports.map(({ specifier }) => target(file, specifier)));
  const reached = new Set([...imported, ...sources.flatMap(started)]);
  return sources
    .filter((source) => !isEntry(source) && !reached.has(source.file))
    .map(({ file }) => `${file}:1: nobody imports this file; remove it, or use it.`);
};
