// Fence: who may import whom, by the table of rooms.
import { dirname, join, relative } from 'node:path';
import { packageOf } from './house.mjs';
import { extensionFolders, forTests, rooms } from './table.mjs';

const scope = '@parlance/';

const mayImport = (room, source, name) =>
  room.imports === 'any' || room.imports.includes(name) || (source.test && forTests.includes(name));

const betweenPackages = (workspace, source, { specifier, line }) => {
  const name = packageOf(specifier).slice(scope.length);
  const where = `${source.file}:${line}: `;
  if (workspace.manifest?.name === scope + name)
    return `${where}imports its own package by name; write a relative path.`;
  if (!(`packages/${name}` in rooms || name in rooms)) return `${where}${scope}${name} is no package of this house.`;
  if (mayImport(workspace.room, source, name)) return undefined;
  const allowed = workspace.room.imports.join(', ') || 'nothing';
  return `${where}${workspace.dir} may not import ${scope}${name} (it may: ${allowed}). Take it through a port that apps/ fills, or move what both need further down.`;
};

/** The extension that a file belongs to: its name, or its folder's, up to the first dot. */
const extensionOf = (file) => {
  const folder = extensionFolders.find((candidate) => file.startsWith(`${candidate}/`));
  return folder === undefined ? undefined : file.slice(folder.length + 1).split(/[./]/)[0];
};

const withinPackage = (workspace, source, { specifier, line }) => {
  const where = `${source.file}:${line}: `;
  const target = join(dirname(source.file), specifier);
  if (relative(workspace.dir, target).startsWith('..'))
    return `${where}${specifier} leaves the package; import another package by its name.`;
  const [from, to] = [extensionOf(source.file), extensionOf(target)];
  if (from === undefined || to === undefined || from === to) return undefined;
  return `${where}extension ${from} imports extension ${to}; extensions are removed one by one. Register a hook, or move what both need out of ext/.`;
};

const ofApps = (house, workspace, source, { specifier, line }) => {
  const app = house.find(({ dir, manifest }) => dir.startsWith('apps/') && manifest?.name === packageOf(specifier));
  if (app === undefined || workspace.room.imports === 'any') return undefined;
  return `${source.file}:${line}: imports ${app.dir}; apps construct, nothing that they construct knows them.`;
};

/** Imports that the table does not allow, as sentences. */
export const forbiddenImports = (house) =>
  house
    .filter(({ room }) => room !== undefined)
    .flatMap((workspace) =>
      workspace.sources.flatMap((source) =>
        source.imports.map((one) => {
          if (one.specifier.startsWith('.')) return withinPackage(workspace, source, one);
          if (one.specifier.startsWith(scope)) return betweenPackages(workspace, source, one);
          return ofApps(house, workspace, source, one);
        }),
      ),
    )
    .filter((sentence) => sentence !== undefined);
