// The build: compiles the packages and bundles the web client, each only when its inputs changed.
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, statSync, utimesSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { withLock } from './lock.mjs';
import { filesBelow, readJson, root, workspaces } from './workspaces.mjs';

const cache = join(root, 'node_modules/.cache/parlance');
const installed = join(root, 'node_modules/.package-lock.json');

const changedAt = (path) => statSync(path, { throwIfNoEntry: false })?.mtimeMs ?? 0;
const isInput = (file) => !/\.test\.tsx?$/.test(file);

/**
 * Newest change below the folders, in milliseconds: of files, and of the folders in them, which change when a file goes.
 * The folders themselves do not count: they change when output appears beside the input.
 */
const newestBelow = (folders) => {
  const files = folders.flatMap((folder) => filesBelow(folder)).filter(isInput);
  const parents = new Set(files.map(dirname));
  for (const folder of folders) parents.delete(folder);
  return Math.max(0, ...[...files, ...parents].map(changedAt));
};

const run = (what, script, args, cwd) => {
  const { status, stdout, stderr } = spawnSync(process.execPath, [script, ...args], { cwd, encoding: 'utf8' });
  if (status !== 0) throw new Error(`${what} refused:\n${stdout}${stderr}`);
};

/** What the compiler makes: every project that the root tsconfig.json refers to. */
const compile = () => {
  const projects = readJson(join(root, 'tsconfig.json')).references.map(({ path }) => join(root, path));
  const settings = ['tsconfig.json', 'tsconfig.base.json'].map((name) => join(root, name));
  return {
    name: 'compile',
    outputs: projects.map((project) => join(project, readJson(join(project, 'tsconfig.json')).compilerOptions.outDir)),
    newest: () => Math.max(newestBelow(projects), ...settings.map(changedAt)),
    make: () => run('the compiler', join(root, 'node_modules/typescript/bin/tsc'), ['-b'], root),
  };
};

/** The folders of a workspace and of all workspaces that it depends on, at whatever remove. */
const closure = (all, workspace, seen = new Set()) => {
  if (seen.has(workspace.dir)) return seen;
  seen.add(workspace.dir);
  const names = Object.keys(workspace.manifest?.dependencies ?? {});
  for (const other of all) if (names.includes(other.manifest?.name)) closure(all, other, seen);
  return seen;
};

/** What Vite makes: the web client, or undefined while there is none. */
const bundle = () => {
  const all = workspaces();
  const web = all.find(({ dir }) => dir === 'apps/web');
  if (web?.manifest === undefined || !existsSync(join(root, web.dir, 'index.html'))) return undefined;
  const home = join(root, web.dir);
  const used = [...closure(all, web)].map((dir) => (dir === web.dir ? home : join(root, dir, 'src')));
  const vite = () =>
    join(dirname(createRequire(join(home, 'package.json')).resolve('vite/package.json')), 'bin/vite.js');
  return {
    name: 'web client',
    outputs: [join(home, 'dist/index.html')],
    newest: () => newestBelow(used),
    make: () => run('the bundler', vite(), ['build', '--logLevel', 'warn'], home),
  };
};

const stampOf = (target) => join(cache, `${target.name.replaceAll(' ', '-')}.stamp`);

const isFresh = (target) => {
  const made = changedAt(stampOf(target));
  return target.outputs.every(existsSync) && made >= changedAt(installed) && made >= target.newest();
};

/** Makes a target; its stamp bears the time at which it began, so that what changes meanwhile counts as newer. */
const make = (target) => {
  const began = new Date();
  process.stderr.write(`building: ${target.name}\n`);
  target.make();
  mkdirSync(cache, { recursive: true });
  writeFileSync(stampOf(target), '');
  utimesSync(stampOf(target), began, began);
};

const waiting = () => process.stderr.write('waiting for another build to end\n');

/**
 * Builds what is stale, from whichever folder it is called; one process at a time, the others wait.
 * Writes to standard error only. Rejects when nothing is installed, and with what the compiler says when it refuses.
 */
export async function build({ web = true } = {}) {
  if (!existsSync(installed)) throw new Error(`Nothing is installed in ${root}: run "npm ci" there first.`);
  const stale = () =>
    [compile(), web ? bundle() : undefined].filter((target) => target !== undefined && !isFresh(target));
  if (stale().length === 0) return;
  await withLock(join(cache, 'build.lock'), () => stale().forEach(make), waiting);
}
