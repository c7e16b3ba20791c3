// What a program keeps in files, as its user would find it after a start.
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';

/** Milliseconds within which a text has to be there. */
const patience = 15_000;

/** Resolves with true once one of the files in `folder` contains the text, with false when none does after 15 s. */
export const written = async (folder: string, names: readonly string[], text: string): Promise<boolean> => {
  const files = names.map((name) => join(folder, name));
  const isThere = (): boolean => files.some((file) => existsSync(file) && readFileSync(file).includes(text));
  for (const deadline = performance.now() + patience; !isThere(); await pause(50))
    if (performance.now() > deadline) return false;
  return true;
};
