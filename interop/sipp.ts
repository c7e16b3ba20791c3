// SIPp, which plays a scenario of bench/sipp many times at once, as the one who calls or the one who is called.
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';

export interface SippOptions {
  /** A file of bench/sipp, without its ending. */
  readonly scenario: string;
  /** `[name]` in the scenario stands for its value. */
  readonly keys?: Readonly<Record<string, string>>;
  /** `[field0]` … of the first call, the second, and so on, from the beginning again after the last. */
  readonly rows?: readonly (readonly string[])[];
  /** The server's port on this machine; nothing when it only answers. */
  readonly server?: number;
  /** Its own port, any free one when nothing is said. */
  readonly port?: number;
  readonly transport?: 'udp' | 'tcp';
  /** It ends by itself after so many. */
  readonly calls: number;
  /** New calls in a second. */
  readonly rate?: number;
  /** Calls that it has open at once, at most. */
  readonly limit?: number;
}

export interface SippCounts {
  readonly succeeded: number;
  readonly failed: number;
  readonly retransmitted: number;
  /** Seconds from its first call to its last. */
  readonly seconds: number;
  /** What it complained of, shortened. */
  readonly complaints: string;
}

export interface Sipp {
  readonly counts: Promise<SippCounts>;
  stop(): void;
}

const folder = fileURLToPath(new URL('../bench/sipp', import.meta.url));

const argumentsOf = (options: SippOptions, directory: string): readonly string[] => {
  const { scenario, keys = {}, rows, server, port = 0, transport = 'udp', calls, rate = 10, limit = 1_000 } = options;
  const file = (name: string): string => join(directory, name);
  if (rows !== undefined) writeFileSync(file('rows.csv'), ['SEQUENTIAL', ...rows.map(lineOf), ''].join('\n'));
  return [
    ...(server === undefined ? [] : [`127.0.0.1:${server}`]),
    ...['-sf', join(folder, `${scenario}.xml`), '-i', '127.0.0.1', '-mi', '127.0.0.1'],
    ...['-t', transport === 'udp' ? 'u1' : 't1', ...(port === 0 ? [] : ['-p', String(port)])],
    ...['-m', String(calls), '-r', String(rate), '-l', String(limit)],
    ...(rows === undefined ? [] : ['-inf', file('rows.csv')]),
    ...Object.entries(keys).flatMap(([name, value]) => ['-key', name, value]),
    ...['-nostdin', '-trace_stat', '-stf', file('counts.csv'), '-fd', '1'],
    ...['-trace_err', '-error_file', file('errors')],
  ];
};

const lineOf = (row: readonly string[]): string => row.join(';');

/** Reads its statistics: a line of names, then lines of values, of which the last holds the sums (columns `(C)`). */
const readCounts = (directory: string): SippCounts => {
  const read = (name: string): string => {
    try {
      return readFileSync(join(directory, name), 'utf8');
    } catch {
      return '';
    }
  };
  const lines = read('counts.csv').trim().split('\n');
  const [names, values] = [lines[0]?.split(';') ?? [], lines.at(-1)?.split(';') ?? []];
  const value = (name: string): string => values[names.indexOf(name)] ?? '';
  const [hours = 0, minutes = 0, seconds = 0] = value('ElapsedTime(C)').split(':').map(Number);
  return {
    succeeded: Number(value('SuccessfulCall(C)')),
    failed: Number(value('FailedCall(C)')),
    retransmitted: Number(value('Retransmissions(C)')),
    seconds: hours * 3_600 + minutes * 60 + seconds,
    complaints: read('errors').slice(0, 2_000),
  };
};

/** Whether somebody has the UDP port of this machine (proc(5), `/proc/net/udp`). */
const isBound = (port: number): boolean =>
  readFileSync('/proc/net/udp', 'utf8').includes(`:${port.toString(16).toUpperCase().padStart(4, '0')} `);

const ends = async (child: ChildProcess, directory: string): Promise<SippCounts> => {
  await once(child, 'exit');
  const counts = readCounts(directory);
  rmSync(directory, { recursive: true, force: true });
  return counts;
};

/** Starts it; resolves when it listens, if its port is said. */
export const startSipp = async (options: SippOptions): Promise<Sipp> => {
  const directory = mkdtempSync(join(tmpdir(), 'parlance-sipp-'));
  const child = spawn('sipp', argumentsOf(options, directory), { cwd: directory, stdio: 'ignore' });
  const counts = ends(child, directory);
  const { port = 0, transport = 'udp' } = options;
  if (port !== 0 && transport === 'udp') while (!isBound(port) && child.exitCode === null) await pause(20);
  return { counts, stop: () => void child.kill('SIGUSR1') };
};
