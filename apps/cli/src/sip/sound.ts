// The sound of a call: from a file, and to one.
import { readFile, writeFile } from 'node:fs/promises';
import { AudioSession } from '@parlance/sip-client/audio/rtp';
import { readWav, writeWav } from '@parlance/sip-client/audio/wav';
import { CommandFailed, type Terminal } from '../terminal.ts';
import { clock, random } from './platform.ts';

/** The samples of a file, or silence. Throws CommandFailed, which says what kind of file is wanted. */
export const soundFrom = async ({ texts }: Terminal, path: string | undefined): Promise<Int16Array> => {
  if (path === undefined) return new Int16Array(0);
  try {
    return readWav(await readFile(path));
  } catch {
    throw new CommandFailed(texts.noSound(path));
  }
};

/** Writes what was heard. Throws CommandFailed. */
export const soundTo = async ({ texts }: Terminal, path: string, samples: Int16Array): Promise<void> => {
  try {
    await writeFile(path, writeWav(samples));
  } catch (error) {
    throw new CommandFailed(texts.notWritten(path, error instanceof Error ? error.message : String(error)));
  }
};

/** A port for sound at our own address. */
export const openSound = (address: string, samples: Int16Array): Promise<AudioSession> =>
  AudioSession.open(clock, address, samples, random.bytes(10));
