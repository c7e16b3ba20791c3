// `npm run bench [-- messages|logins|idle|profile] [--seconds N] [--only NAME]`: this server and its named peers, side by side in one run.
import { tmpdir } from 'node:os';
import { parseArgs } from 'node:util';
import { type Case, cases, domain, people, withSubject } from './cases.ts';
import type { Target } from './load/connection.ts';
import { measureDisk } from './measure/disk.ts';
import { record, type Table } from './results.ts';
import { measureIdle } from './runs/idle.ts';
import { measureIdleParts } from './runs/idle-parts.ts';
import { measureLogins } from './runs/logins.ts';
import { measureMessages } from './runs/messages.ts';
import { profileLogins, profileMessages } from './runs/profile.ts';
import { measureRelay } from './runs/relay.ts';
import type { Running } from './subject.ts';

const inFlight = 8;
const body = 160;
const idleSessions = 4_000;
const loginCount = 1_000;

const options = parseArgs({
  allowPositionals: true,
  options: { seconds: { type: 'string', default: '10' }, only: { type: 'string' } },
});
const seconds = Number(options.values.seconds);
const wanted = new Set(
  options.positionals.length === 0 ? ['messages', 'logins', 'idle', 'profile'] : options.positionals,
);

const say = (text: string): void => void process.stderr.write(`${text}\n`);

const runnable = cases.filter(({ subject }) => {
  const only = options.values.only?.toLowerCase();
  if (only !== undefined && !subject.name.toLowerCase().includes(only)) return false;
  const missing = subject.missing();
  if (missing !== undefined) say(`skipped: ${subject.name} (${missing})`);
  return missing === undefined;
});

const nameOf = ({ subject, archive }: Case): string => `${subject.name}, archive ${archive ? 'on' : 'off'}`;

/** Measures every case; what fails is said and left out. */
const measureAll = async <T>(
  list: readonly Case[],
  measure: (running: Running) => Promise<T>,
): Promise<readonly { readonly name: string; readonly version: string; readonly figures: T }[]> => {
  const all: { readonly name: string; readonly version: string; readonly figures: T }[] = [];
  for (const each of list) {
    say(`measuring ${nameOf(each)}`);
    try {
      all.push({ name: nameOf(each), version: each.subject.version(), figures: await withSubject(each, measure) });
    } catch (error) {
      say(`failed: ${nameOf(each)}: ${String(error)}`);
    }
  }
  return all;
};

const whole = (value: number): string => Math.round(value).toLocaleString('en');
const fine = (value: number): string => value.toFixed(2);

const messages = async (): Promise<void> => {
  const disk = measureDisk(tmpdir());
  const relay = await measureRelay(people.length, inFlight, 300, Math.min(5, seconds));
  const rows = await measureAll(runnable, ({ port, ...rest }) =>
    measureMessages({ port, ...rest }, { target: { port, domain }, people, inFlight, body }, seconds),
  );
  const table: Table = [
    ['server', 'messages / CPU-second', 'messages / s', 'at half: msg/s', 'p50 ms', 'p99 ms'],
    ...rows.map(({ name, version, figures: f }) => [
      `${name} (${version})`,
      whole(f.perCpuSecond),
      whole(f.perSecond),
      whole(f.halfRate),
      fine(f.p50),
      fine(f.p99),
    ]),
    ['bare Node TCP relay, 300 bytes', whole(relay.perCpuSecond), whole(relay.perSecond), '', '', ''],
  ];
  const disks: Table = [
    ['disk: fdatasync of 4 KiB', '/ s', 'p50 ms', 'p99 ms'],
    ['', whole(disk.perSecond), fine(disk.p50), fine(disk.p99)],
  ];
  const about = `Messages: ${people.length} clients in pairs, ${inFlight} in flight each, ${body}-byte bodies, no TLS`;
  record('messages', about, 'npm run bench -- messages', { rows, relay, disk }, [table, disks]);
};

const logins = async (): Promise<void> => {
  const list = runnable.filter(({ archive }) => archive);
  const rows = await measureAll(list, ({ port, ...rest }) =>
    measureLogins({ port, ...rest }, { port, domain }, people, loginCount),
  );
  const table: Table = [
    ['server', 'CPU ms / login', 'logins / CPU-second'],
    ...rows.map(({ name, version, figures }) => [
      `${name} (${version})`,
      fine(figures.cpu),
      whole(figures.perCpuSecond),
    ]),
  ];
  const about = 'Logins: SCRAM-SHA-1, binding, stream management, carbons, roster, presence, no TLS';
  record('logins', about, 'npm run bench -- logins', { rows }, [table]);
};

const idle = async (): Promise<void> => {
  const list = runnable.filter(({ archive }) => archive);
  const target = ({ port, tlsPort }: Running, tls: boolean): Target =>
    tls ? { port: tlsPort ?? 0, domain, directTls: true } : { port, domain };
  const measure = async (running: Running, tls: boolean) =>
    measureIdle(running, target(running, tls), people, idleSessions);
  const plain = await measureAll(list, (running) => measure(running, false));
  const tls = await measureAll(list, (running) => measure(running, true));
  const kilobytes = (bytes: number | undefined): string => (bytes === undefined ? '–' : fine(bytes / 1024));
  const table: Table = [
    ['server', 'KB / plain session', 'KB / TLS session'],
    ...plain.map(({ name, version, figures }) => [
      `${name} (${version})`,
      kilobytes(figures.bytesPerSession),
      kilobytes(tls.find((each) => each.name === name)?.figures.bytesPerSession),
    ]),
  ];
  say('looking where the memory lies');
  const parts = await measureIdleParts();
  const collected: Table = [
    ['KB each after a full collection', 'heap', 'buffers beside it', 'resident in all'],
    ...parts.map(({ name, memory }) => [name, ...[memory.heap, memory.external, memory.resident].map(kilobytes)]),
  ];
  const about = `Idle sessions: resident memory of ${idleSessions} more`;
  record('idle', about, 'npm run bench -- idle', { plain, tls, parts }, [table, collected]);
};

const profile = async (): Promise<void> => {
  say('profiling messages');
  const talk = await profileMessages({ people, inFlight, body }, seconds);
  say('profiling logins');
  const signIn = await profileLogins(loginCount);
  record(
    'profile',
    'Where the time goes: this server under the profiler, messages at half of capacity, then logins',
    'npm run bench -- profile',
    { messages: talk.figures, logins: signIn.figures },
    [...talk.tables, ...signIn.tables],
  );
};

if (wanted.has('messages')) await messages();
if (wanted.has('logins')) await logins();
if (wanted.has('idle')) await idle();
if (wanted.has('profile')) await profile();
process.exit(0);
