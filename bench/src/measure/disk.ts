// What the disk itself costs: fdatasync of a 4 KiB append, beside which every durable figure must be read.
import { closeSync, fdatasyncSync, openSync, rmSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { percentile } from './percentiles.ts';

export interface DiskFigures {
  readonly perSecond: number;
  /** Milliseconds. */
  readonly p50: number;
  readonly p99: number;
}

/** Appends and syncs `rounds` blocks in `directory`. */
export const measureDisk = (directory: string, rounds = 1_000): DiskFigures => {
  const file = join(directory, 'fdatasync.probe');
  const handle = openSync(file, 'w');
  const block = Buffer.alloc(4096, 1);
  const times: number[] = [];
  const began = performance.now();
  for (let round = 0; round < rounds; round++) {
    const start = performance.now();
    writeSync(handle, block);
    fdatasyncSync(handle);
    times.push(performance.now() - start);
  }
  const seconds = (performance.now() - began) / 1000;
  closeSync(handle);
  rmSync(file);
  return { perSecond: rounds / seconds, p50: percentile(times, 0.5), p99: percentile(times, 0.99) };
};
