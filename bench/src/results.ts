// What a run leaves behind: JSON for programs and a table for people, in bench/results/.
import { execFileSync } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { cpus, totalmem } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const folder = fileURLToPath(new URL('../results', import.meta.url));

interface Machine {
  readonly cores: number;
  readonly processor: string;
  readonly memoryGiB: number;
  readonly node: string;
  readonly commit: string;
  readonly date: string;
}

const machine = (): Machine => ({
  cores: cpus().length,
  processor: cpus()[0]?.model ?? '?',
  memoryGiB: Math.round(totalmem() / 2 ** 30),
  node: process.version,
  commit: execFileSync('git', ['rev-parse', '--short', 'HEAD'], { cwd: folder, encoding: 'utf8' }).trim(),
  date: new Date().toISOString().slice(0, 10),
});

export type Table = readonly (readonly string[])[];

const markdown = ([head = [], ...rows]: Table): string => {
  const line = (cells: readonly string[]): string => `| ${cells.join(' | ')} |`;
  return [line(head), line(head.map(() => '---')), ...rows.map(line)].join('\n');
};

/** Writes `NAME.json` and `NAME.md`; the table also goes to standard output. */
export const record = (
  name: string,
  title: string,
  command: string,
  figures: object,
  tables: readonly Table[],
): void => {
  mkdirSync(folder, { recursive: true });
  const where = machine();
  const about = `${where.date}, ${where.cores} × ${where.processor}, ${where.memoryGiB} GiB, Node ${where.node}, commit ${where.commit}. Repeat: \`${command}\`.`;
  const page = [`# ${title}`, about, ...tables.map(markdown)].join('\n\n');
  writeFileSync(join(folder, `${name}.json`), `${JSON.stringify({ machine: where, command, ...figures }, null, 2)}\n`);
  writeFileSync(join(folder, `${name}.md`), `${page}\n`);
  process.stdout.write(`\n${page}\n`);
};
