// What a play needs and this machine has not, in words for the title of a skipped test.
import { spawnSync } from 'node:child_process';

/** What is missing of these programs, and the command that installs it; undefined when all are there. */
export const missing = (...programs: readonly string[]): string | undefined => {
  const absent = programs.filter((program) => spawnSync('which', [program]).status !== 0);
  return absent.length === 0 ? undefined : `no ${absent.join(', no ')}: npm run peers`;
};
