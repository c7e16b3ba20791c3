// Where the server's time goes, by its own profiler: messages at half of capacity, and logins.
import { domain, people, withSubject } from '../cases.ts';
import type { PairsSetting } from '../load/pairs.ts';
import type { Table } from '../results.ts';
import { parlance, profiledParlance, type Report } from '../subjects/parlance.ts';
import { measureLogins } from './logins.ts';
import { measureCapacity, measureLatency } from './messages.ts';

export interface Profiled {
  readonly figures: object;
  readonly tables: readonly Table[];
}

/** Shares of a thread's time below which a place is not told. */
const least = 0.01;

const fine = (value: number): string => value.toFixed(2);
const percent = (share: number): string => `${(share * 100).toFixed(1)} %`;

const threadTable = (unit: string, units: number, { threads }: Report): Table => [
  ['thread', 'where (the database waits for the disk in its worker)', 'of its time', `µs / ${unit}`],
  ...threads.flatMap(({ thread, busy, places }) => [
    [thread, '**all**', '', fine((busy / units) * 1e6)],
    ...places
      .filter(({ seconds }) => seconds / busy >= least)
      .map(({ where, seconds }) => [thread, where, percent(seconds / busy), fine((seconds / units) * 1e6)]),
  ]),
];

const pauseTable = ({ pauses }: Report): Table => [
  ['garbage collection', 'pauses', 'ms in all', 'longest ms'],
  ...pauses.map(({ kind, count, total, longest }) => [kind, String(count), total.toFixed(0), fine(longest)]),
];

/** Runs the server under the profiler; everything from its start to its end is in the report. */
const profiled = async <T>(
  use: Parameters<typeof withSubject<T>>[1],
): Promise<{ readonly result: T; readonly report: Report }> => {
  let report: Report = { threads: [], pauses: [] };
  const subject = profiledParlance((made) => {
    report = made;
  });
  const result = await withSubject({ subject, archive: true }, use);
  return { result, report };
};

export const profileMessages = async (
  talk: Pick<PairsSetting, 'people' | 'inFlight' | 'body'>,
  seconds: number,
): Promise<Profiled> => {
  const setting = (port: number): PairsSetting => ({ target: { port, domain }, ...talk });
  const { perSecond } = await withSubject({ subject: parlance, archive: true }, (running) =>
    measureCapacity(running, setting(running.port), seconds),
  );
  const rate = perSecond / 2;
  const { result, report } = await profiled(({ port }) => measureLatency(setting(port), rate, seconds));
  const latency: Table = [
    ['messages / s, profiled', 'p50 ms', 'p99 ms'],
    [rate.toFixed(0), fine(result.p50), fine(result.p99)],
  ];
  const units = result.messages;
  return {
    figures: { rate, ...result, ...report },
    tables: [latency, pauseTable(report), threadTable('message', units, report)],
  };
};

export const profileLogins = async (logins: number): Promise<Profiled> => {
  const { result, report } = await profiled(({ port, ...rest }) =>
    measureLogins({ port, ...rest }, { port, domain }, people, logins),
  );
  return {
    figures: { ...result, ...report },
    tables: [pauseTable(report), threadTable('login', people.length + logins, report)],
  };
};
