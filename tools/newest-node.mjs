// `npm run test:newest [-- FILTER…]`: the tests under the newest Node, which npm's registry has as a package.
import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { root } from './house/workspaces.mjs';

const version = '26.10.0';
const packageName = `node-${process.platform === 'win32' ? 'win' : process.platform}-${process.arch}`;
const home = join(root, 'node_modules/.cache/newest-node');
const installed = join(home, 'node_modules', packageName);
const node = join(installed, process.platform === 'win32' ? 'bin/node.exe' : 'bin/node');

const isThere = () =>
  existsSync(node) && JSON.parse(readFileSync(join(installed, 'package.json'), 'utf8')).version === version;

/** Installs the version above below node_modules/.cache, some 200 MB; `npm ci` removes it again. */
const install = () => {
  process.stdout.write(`installing Node ${version}\n`);
  const args = ['install', '--prefix', home, '--no-save', '--ignore-scripts', '--no-package-lock'];
  return spawnSync('npm', [...args, `${packageName}@${version}`], { stdio: ['ignore', 'ignore', 'inherit'] }).status;
};

const test = (filters) => {
  const run = ['node_modules/vitest/vitest.mjs', 'run', ...filters];
  return spawnSync(node, run, { cwd: root, stdio: 'inherit' }).status;
};

process.exitCode = (isThere() ? 0 : install()) || test(process.argv.slice(2));
