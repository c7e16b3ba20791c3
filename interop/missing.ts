// What a play needs and this machine has not, in words for the title of a skipped test.
import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';

/** What is missing of these programs, and the command that installs it; undefined when all are there. */
export const missing = (...programs: readonly string[]): string | undefined => {
  const absent = programs.filter((program) => spawnSync('which', [program]).status !== 0);
  return absent.length === 0 ? undefined : `no ${absent.join(', no ')}: npm run peers`;
};

/** The same of a library for JavaScript, one of those that libraries/package.json names. */
export const missingLibrary = (name: string): string | undefined =>
  existsSync(new URL(`libraries/node_modules/${name}`, import.meta.url)) ? undefined : `no ${name}: npm run peers`;
