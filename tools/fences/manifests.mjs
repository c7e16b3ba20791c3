// Fence: what package.json and tsconfig.json say about a package is what its sources import, no less and no more.
import { join, posix } from 'node:path';
import { readJson } from '../house/workspaces.mjs';

const scope = '@parlance/';
const houseNames = (names) => [...names].filter((name) => name.startsWith(scope));

const difference = (left, right) => left.filter((name) => !right.includes(name));

const dependencies = ({ dir, manifest, imported }) => {
  const [declared, used] = [houseNames(Object.keys(manifest.dependencies ?? {})), houseNames(imported)];
  return [
    ...difference(used, declared).map(
      (name) => `${dir}/package.json: imports ${name} without declaring it; npm i -w ${dir} ${name}`,
    ),
    ...difference(declared, used).map(
      (name) => `${dir}/package.json: declares ${name} without importing it; npm uninstall -w ${dir} ${name}`,
    ),
  ];
};

const references = (house, { dir, manifest, tsconfig }) => {
  const names = Object.keys(manifest.dependencies ?? {});
  const wanted = house.filter((other) => names.includes(other.manifest?.name)).map((other) => other.dir);
  const present = (tsconfig.references ?? []).map(({ path }) => posix.join(dir, path));
  return [
    ...difference(wanted, present).map(
      (path) => `${dir}/tsconfig.json: add a reference to ${path}, it is a dependency.`,
    ),
    ...difference(present, wanted).map(
      (path) => `${dir}/tsconfig.json: remove the reference to ${path}, it is no dependency.`,
    ),
  ];
};

const rootReferences = (base, house) => {
  const projects = house.filter(({ tsconfig, sources }) => tsconfig !== undefined && sources.length > 0);
  const wanted = projects.map(({ dir }) => dir);
  const present = readJson(join(base, 'tsconfig.json')).references.map(({ path }) => path);
  return [
    ...difference(wanted, present).map((path) => `tsconfig.json: add a reference to ${path}, it has sources.`),
    ...difference(present, wanted).map((path) => `tsconfig.json: remove the reference to ${path}, it has no sources.`),
  ];
};

/** Where manifests and sources disagree, as sentences. Workspaces without sources are not judged. */
export const untrueManifests = (house, base) => [
  ...house
    .filter(({ manifest, sources }) => manifest !== undefined && sources.length > 0)
    .flatMap((workspace) => [
      ...dependencies(workspace),
      ...(workspace.tsconfig === undefined ? [] : references(house, workspace)),
    ]),
  ...rootReferences(base, house),
];
