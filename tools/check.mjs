// `npm run check`: format, lint, types, fences and dead code, at the same time; one line per part, details of what fails.
import { spawn } from 'node:child_process';
import { root } from './house/workspaces.mjs';

const build = ['types and build', ['tools/build.mjs']];
/** Reads the types that the build writes: of what is not built it would know nothing, and say so as findings. */
const typedLint = ['promises, types lint', ['node_modules/oxlint/bin/oxlint', '--deny-warnings']];
const parts = [
  ['format, lint', ['node_modules/@biomejs/biome/bin/biome', 'check', '--error-on-warnings']],
  ['types of tests', ['node_modules/typescript/bin/tsc', '-p', 'tsconfig.tests.json']],
  ['fences', ['tools/fences.mjs']],
  ['dead code', ['node_modules/knip/bin/knip.js', '--no-config-hints', '--no-progress']],
];

/** Runs one part to its end; prints its line, and its output when it fails. Resolves to whether it passed. */
const run = ([name, command]) =>
  new Promise((resolve) => {
    const began = performance.now();
    const output = [];
    const child = spawn(process.execPath, command, { cwd: root });
    for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk) => output.push(chunk));
    child.on('close', (code) => {
      const seconds = ((performance.now() - began) / 1000).toFixed(1);
      process.stdout.write(`${code === 0 ? 'ok    ' : 'FAILED'} ${name.padEnd(21)} ${seconds.padStart(5)} s\n`);
      if (code !== 0) process.stdout.write(`${Buffer.concat(output).toString().trim()}\n\n`);
      resolve(code === 0);
    });
  });

const built = run(build);
const passed = await Promise.all([built, built.then(() => run(typedLint)), ...parts.map(run)]);
process.exitCode = passed.every(Boolean) ? 0 : 1;
