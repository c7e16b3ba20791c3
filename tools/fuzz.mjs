// `npm run fuzz [-- --minutes N --seed N]`: every law for its share of the time, then damaged streams at a real server; record in bench/results/.
import { execFileSync, spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { cpus, tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { root } from './house/workspaces.mjs';

const { values } = parseArgs({ options: { minutes: { type: 'string', default: '10' }, seed: { type: 'string' } } });
const minutes = Number(values.minutes);
const folder = mkdtempSync(join(tmpdir(), 'parlance-fuzz-'));
const file = join(folder, 'laws.jsonl');

const git = (...args) => execFileSync('git', args, { cwd: root, encoding: 'utf8' }).trim();

/** Test files with laws, and how many laws they have. */
const files = git('grep', '-lE', 'fc\\.assert\\(', '--', 'packages', 'apps')
  .split('\n')
  .filter((path) => path.endsWith('.test.ts'));
const laws = files.reduce(
  (sum, path) => sum + readFileSync(join(root, path), 'utf8').split('fc.assert(').length - 1,
  0,
);

const run = (filters, environment) =>
  spawnSync(process.execPath, ['node_modules/vitest/vitest.mjs', 'run', '--testTimeout', '7200000', ...filters], {
    cwd: root,
    stdio: 'inherit',
    env: {
      ...process.env,
      PARLANCE_LAW_FILE: file,
      ...(values.seed === undefined ? {} : { PARLANCE_SEED: values.seed }),
      ...environment,
    },
  }).status;

/** Half of the time for all laws; readers of the wire are one law in the text and one for each reader. */
const lawSeconds = Math.max(0.1, (minutes * 30) / (laws + 40)).toFixed(1);
process.stdout.write(`${laws} laws in ${files.length} files, ${lawSeconds} s each\n`);
const lawful = run(files, { PARLANCE_LAW_SECONDS: lawSeconds });
const streams = run(['scenarios/fuzz', 'scenarios/payloads'], {
  PARLANCE_FUZZ_SECONDS: String(Math.round(minutes * 30)),
  PARLANCE_PAYLOADS: String(Math.round(100 * minutes)),
});

const lines = existsSync(file) ? readFileSync(file, 'utf8').trim().split('\n') : [];
const found = lines.map((line) => JSON.parse(line));
const commit = git('rev-parse', '--short', 'HEAD');
const date = new Date().toISOString().slice(0, 10);
const command = `npm run fuzz -- --minutes ${values.minutes}`;
const machine = { cores: cpus().length, processor: cpus()[0]?.model ?? '?', node: process.version, commit };
const results = join(root, 'bench/results');
const total = found.reduce((sum, { runs }) => sum + runs, 0);
const head = `${date}, ${machine.cores} × ${machine.processor}, Node ${machine.node}, commit ${commit}. Repeat: \`${command}\`; one law again: \`--seed\`.`;
const rows = found.map(
  ({ law, runs, seed, failed }) => `| ${law} | ${runs} | ${seed} | ${failed ? 'failed' : 'held'} |`,
);
mkdirSync(results, { recursive: true });
writeFileSync(
  join(results, 'fuzz.json'),
  `${JSON.stringify({ date, machine, command, total, laws: found }, null, 2)}\n`,
);
writeFileSync(
  join(results, 'fuzz.md'),
  `# Fuzzing\n\n${head}\n\n${total} runs in all.\n\n| law | runs | seed | |\n| --- | --- | --- | --- |\n${rows.join('\n')}\n`,
);
rmSync(folder, { recursive: true, force: true });
process.exitCode = lawful === 0 && streams === 0 ? 0 : 1;
