// The servers that are measured side by side, each as it is configured for a run, and one run of one of them.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { makeCertificate } from './load/certificate.ts';
import type { Person, Running, Subject } from './subject.ts';
import { ejabberd } from './subjects/ejabberd.ts';
import { parlance } from './subjects/parlance.ts';
import { prosody } from './subjects/prosody.ts';

export const domain = 'bench.example';
export const people: readonly Person[] = Array.from({ length: 100 }, (_, n) => ({
  name: `user${n}`,
  password: `secret ${n}`,
}));

export interface Case {
  readonly subject: Subject;
  readonly archive: boolean;
}

export const cases: readonly Case[] = [
  { subject: parlance, archive: true },
  { subject: parlance, archive: false },
  { subject: prosody('internal'), archive: true },
  { subject: prosody('sql'), archive: true },
  { subject: prosody('internal'), archive: false },
  { subject: ejabberd('mnesia'), archive: true },
  { subject: ejabberd('sql'), archive: true },
  { subject: ejabberd('mnesia'), archive: false },
];

/** Runs one case to its end with everything of its own in a directory that goes afterwards. */
export const withSubject = async <T>({ subject, archive }: Case, use: (running: Running) => Promise<T>): Promise<T> => {
  const directory = mkdtempSync(join(tmpdir(), 'parlance-bench-'));
  const running = await subject.start({
    domain,
    people,
    archive,
    directory,
    certificate: makeCertificate(directory, domain),
  });
  try {
    return await use(running);
  } finally {
    await running.stop();
    rmSync(directory, { recursive: true, force: true });
  }
};
