// Where the control socket of a data directory lies, also when the directory's name is longer than a socket's may be.
import { closeSync, openSync } from 'node:fs';
import { join } from 'node:path';

/** Bytes of a socket's path that every system takes (sun_path is 104 or 108 with its end). */
const longest = 100;

/** Calls `use` with a path of the socket; resolves or rejects as it does. */
export const withSocketPath = async <T>(data: string, use: (path: string) => Promise<T>): Promise<T> => {
  const path = join(data, 'control.sock');
  if (Buffer.byteLength(path) <= longest || process.platform !== 'linux') return use(path);
  const folder = openSync(data, 'r');
  try {
    return await use(`/proc/self/fd/${folder}/control.sock`);
  } finally {
    closeSync(folder);
  }
};
