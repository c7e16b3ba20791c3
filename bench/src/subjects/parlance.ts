// This server as a subject: the program that users start, with a configuration file and accounts imported by its own CLI; also under the profiler.
import { execFileSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { readProfiles, type ThreadProfile } from '../measure/cpu-profile.ts';
import { type Pauses, readPauses } from '../measure/gc-pauses.ts';
import { type Memory, memoryProbe, type Probe } from '../measure/memory.ts';
import type { Running, Setting, Subject } from '../subject.ts';
import { startChild, stopChild } from './child.ts';

const program = fileURLToPath(new URL('../../../apps/server/dist/main.js', import.meta.url));

const configuration = ({ domain, archive, certificate }: Setting): string => `
domains: [${domain}]
listen:
  c2s: 0
  c2sTls: 0
  http: false
  https: false
  sipUdp: false
  sipTcp: false
  sipTls: false
tls: {cert: ${certificate.cert}, key: ${certificate.key}}
archive: {enabled: ${archive}}
limits: {sessionsPerAccount: 200, strangerMessagesPerDay: 1000000000, pendingPerAccount: 1000000, bytesPerSecond: 1000000000}
`;

interface Ready {
  readonly event: string;
  readonly listeners: readonly { readonly name: string; readonly port: number }[];
}

/** The line that says where the server listens; undefined while it is not there. */
const readyLine = (log: string): Ready | undefined => {
  const line = readFileSync(log, 'utf8')
    .split('\n')
    .find((each) => each.startsWith('{"event":"ready"'));
  return line === undefined ? undefined : (JSON.parse(line) as Ready);
};

/** How it is started when more is to be known of it. */
interface Manner {
  /** Node's own. */
  readonly flags?: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
  /** Called when the server has stopped and everything in its directory is written. */
  readonly ended?: () => void;
}

const start = async (setting: Setting, { flags = [], env = {}, ended }: Manner = {}): Promise<Running> => {
  const { directory, domain, people } = setting;
  const config = join(directory, 'parlance.yaml');
  const data = join(directory, 'data');
  const accounts = join(directory, 'accounts.csv');
  writeFileSync(config, configuration(setting));
  writeFileSync(accounts, people.map(({ name, password }) => `${name}@${domain},${password}\n`).join(''));
  execFileSync(process.execPath, [program, 'user', 'import', accounts, '--config', config, '--data', data], {
    stdio: 'ignore',
  });
  const log = join(directory, 'output.log');
  const args = [...flags, program, 'start', '--config', config, '--data', data, '--json'];
  const child = startChild({ command: process.execPath, args, env, log });
  let ready = readyLine(log);
  for (let tries = 0; ready === undefined && tries < 300; tries++) {
    await wait(100);
    ready = readyLine(log);
  }
  if (ready === undefined) throw new Error(`it is not ready after 30 s; see ${log}`);
  const portOf = (name: string): number => ready?.listeners.find((each) => each.name === name)?.port ?? 0;
  return {
    port: portOf('c2s'),
    tlsPort: portOf('c2sTls'),
    pids: () => [child.pid ?? 0],
    stop: async () => {
      await stopChild(child);
      ended?.();
    },
  };
};

export const parlance: Subject = {
  name: 'Parlance',
  version: () =>
    (
      JSON.parse(readFileSync(new URL('../../../apps/server/package.json', import.meta.url), 'utf8')) as {
        version: string;
      }
    ).version,
  missing: () => undefined,
  start: (setting) => start(setting),
};

export interface Report {
  readonly threads: readonly ThreadProfile[];
  readonly pauses: readonly Pauses[];
}

/** The same under the profiler, which reports when the server has stopped. */
export const profiledParlance = (report: (report: Report) => void): Subject => ({
  ...parlance,
  start: (setting) => {
    const profiles = join(setting.directory, 'profiles');
    const flags = ['--cpu-prof', `--cpu-prof-dir=${profiles}`, '--cpu-prof-interval=500', '--trace-gc'];
    const log = join(setting.directory, 'output.log');
    const ended = (): void =>
      report({ threads: readProfiles(profiles), pauses: readPauses(readFileSync(log, 'utf8')) });
    return start(setting, { flags, ended });
  },
});

/** The same, and it can be asked for its memory while it runs. */
export const probedParlance = (): Subject & { memory(pid: number): Promise<Memory> } => {
  let probe: Probe | undefined;
  return {
    ...parlance,
    start: (setting) => {
      probe = memoryProbe(setting.directory);
      return start(setting, probe);
    },
    memory: (pid) => probe?.read(pid) ?? Promise.reject(new Error('it was not started')),
  };
};
