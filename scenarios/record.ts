// Records of long runs, beside those of the benchmarks: JSON for programs, a table for people.
import { execFileSync } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { cpus } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const folder = fileURLToPath(new URL('../bench/results', import.meta.url));

/** Writes `NAME.json` and `NAME.md`. */
export const writeRecord = (
  name: string,
  title: string,
  command: string,
  figures: Readonly<Record<string, unknown>>,
): void => {
  mkdirSync(folder, { recursive: true });
  const commit = execFileSync('git', ['rev-parse', '--short', 'HEAD'], { cwd: folder, encoding: 'utf8' }).trim();
  const machine = { cores: cpus().length, processor: cpus()[0]?.model ?? '?', node: process.version, commit };
  const date = new Date().toISOString().slice(0, 10);
  const rows = Object.entries(figures).map(([key, value]) => `| ${key} | ${String(value)} |`);
  const about = `${date}, ${machine.cores} × ${machine.processor}, Node ${machine.node}, commit ${commit}. Repeat: \`${command}\`.`;
  writeFileSync(join(folder, `${name}.json`), `${JSON.stringify({ date, machine, command, ...figures }, null, 2)}\n`);
  writeFileSync(
    join(folder, `${name}.md`),
    `# ${title}\n\n${about}\n\n| figure | value |\n| --- | --- |\n${rows.join('\n')}\n`,
  );
};
