// Loaded into a process under measurement: on SIGUSR2 it collects all garbage and writes what is left (`node --expose-gc --import`).
import { writeFileSync } from 'node:fs';
import { isMainThread } from 'node:worker_threads';

/** What one collection only makes collectable goes with the next. */
const collections = 4;

const file = process.env['PARLANCE_BENCH_MEMORY'];

if (isMainThread && file !== undefined)
  process.on('SIGUSR2', () => {
    for (let n = 0; n < collections; n++) globalThis.gc?.();
    writeFileSync(file, JSON.stringify(process.memoryUsage()));
  });
