// `npm run lockfile`: names in package-lock.json the builds for other platforms that npm left out; `--check` only tells.
// npm leaves them out when it cannot see them or has node_modules already, and `npm ci` then refuses the file.
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { root } from './house/workspaces.mjs';

const file = join(root, 'package-lock.json');
const systems = ['aix', 'android', 'darwin', 'freebsd', 'linux', 'netbsd', 'openbsd', 'openharmony', 'sunos', 'win32'];
const processors = ['arm64', 'arm', 'ia32', 'loong64', 'mips64el', 'ppc64', 'riscv64', 's390x', 'wasm32', 'x64'];

/** The first of `known` that is a word of the package's name, as the lock file lists it. */
const wordOf = (known, name) => {
  const word = known.find((candidate) => name.split(/[-_/@.]/).includes(candidate));
  return word === undefined ? undefined : [word];
};

const libcOf = (name) => (/-linux-/.test(name) ? [/musl/.test(name) ? 'musl' : 'glibc'] : undefined);

/** An entry without integrity: it satisfies `npm ci`, and is fetched only on the platform that it names. */
const entryFor = (name, version, dev) => {
  const platform = { os: wordOf(systems, name), cpu: wordOf(processors, name), libc: libcOf(name) };
  return { version, ...platform, ...(dev ? { dev } : {}), optional: true };
};

/** Where Node would look for `name` from a package at the path `from`, nearest first. */
const lookups = (from, name) => {
  const folders = from.split('/node_modules/');
  const outer = folders.map((_, index) => folders.slice(0, index + 1).join('/node_modules/'));
  return [...outer.toReversed().map((folder) => `${folder}/node_modules/${name}`), `node_modules/${name}`];
};

const isThere = (packages, from, name, version) => {
  const found = lookups(from, name).find((path) => path in packages);
  return found !== undefined && (packages[found].version === version || !/^\d/.test(version));
};

/** Beside the package that asks, as npm would place it; below that package when another version lies there. */
const placeFor = (packages, from, name) => {
  const [below, beside] = lookups(from, name);
  return beside in packages ? below : beside;
};

/** Entries that packages with builds per platform ask for and the lock file lacks: [path, entry]. */
const missing = (packages) =>
  Object.entries(packages).flatMap(([from, { optionalDependencies = {}, dev }]) =>
    Object.entries(optionalDependencies)
      .filter(([name, version]) => !isThere(packages, from, name, version))
      .map(([name, version]) => [placeFor(packages, from, name), entryFor(name, version, dev)]),
  );

const sorted = (packages) => Object.fromEntries(Object.entries(packages).sort(([a], [b]) => a.localeCompare(b, 'en')));

const lock = JSON.parse(readFileSync(file, 'utf8'));
const lacking = missing(lock.packages);
for (const [path] of lacking) process.stdout.write(`package-lock.json lacks ${path}\n`);
if (process.argv.includes('--check')) {
  if (lacking.length > 0) process.stdout.write('npm ci will refuse it: npm run lockfile\n');
  process.exitCode = lacking.length === 0 ? 0 : 1;
} else {
  lock.packages = sorted({ ...lock.packages, ...Object.fromEntries(lacking) });
  writeFileSync(file, `${JSON.stringify(lock, null, 2)}\n`);
}
