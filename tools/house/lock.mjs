// A lock between processes: one file that names its owner, taken over when that process is gone.
import { mkdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';

const pollEvery = 50;
/** Milliseconds after which a file without a living owner counts as left behind. */
const writeGrace = 2_000;

const tryTake = (file) => {
  try {
    writeFileSync(file, String(process.pid), { flag: 'wx' });
    return true;
  } catch (error) {
    if (error.code === 'EEXIST') return false;
    throw error;
  }
};

const isAlive = (pid) => {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return error.code === 'EPERM';
  }
};

const isStale = (file) => {
  try {
    const pid = Number(readFileSync(file, 'utf8'));
    if (pid > 0) return !isAlive(pid);
    return Date.now() - statSync(file).mtimeMs > writeGrace;
  } catch {
    return false;
  }
};

/** Removes a stale lock. The look and the removal are one step for all who do this: they hold a second lock. */
const breakStale = (file) => {
  const breaker = `${file}.break`;
  if (isStale(breaker)) rmSync(breaker, { force: true });
  if (!tryTake(breaker)) return;
  if (isStale(file)) rmSync(file, { force: true });
  rmSync(breaker, { force: true });
};

/** Runs `work` while holding the lock `file`; `onWait` is called once when another process has it. */
export async function withLock(file, work, onWait) {
  mkdirSync(dirname(file), { recursive: true });
  for (let told = false; !tryTake(file); told = true) {
    if (!told) onWait?.();
    breakStale(file);
    await wait(pollEvery);
  }
  try {
    return await work();
  } finally {
    rmSync(file, { force: true });
  }
}
