// What a Node process still needs after a full collection: its heap, buffers beside it, and what the system gives it in all.
import { existsSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { residentBytes } from './process.ts';

/** Bytes. */
export interface Memory {
  readonly heap: number;
  readonly external: number;
  readonly resident: number;
}

export interface Probe {
  /** Node's own flags, and environment, for the process that is to be asked. */
  readonly flags: readonly string[];
  readonly env: Readonly<Record<string, string>>;
  /** Collects garbage there and looks. */
  read(pid: number): Promise<Memory>;
}

const program = new URL('../subjects/memory-probe.js', import.meta.url);

/** Writes its file into a directory of the measured process. */
export const memoryProbe = (directory: string): Probe => {
  const file = join(directory, 'memory.json');
  return {
    flags: ['--expose-gc', '--import', fileURLToPath(program)],
    env: { PARLANCE_BENCH_MEMORY: file },
    read: async (pid) => {
      rmSync(file, { force: true });
      process.kill(pid, 'SIGUSR2');
      while (!existsSync(file)) await wait(100);
      await wait(500);
      const { heapUsed, external } = JSON.parse(readFileSync(file, 'utf8')) as NodeJS.MemoryUsage;
      return { heap: heapUsed, external, resident: residentBytes([pid]) };
    },
  };
};
