// Logins: SCRAM-SHA-1 with roster and presence, one after the other on several lanes, in seconds of server CPU (RFC 5802).
import type { Target } from '../load/connection.ts';
import { bindScram } from '../load/scram.ts';
import { settle } from '../load/sign-in.ts';
import { cpuSeconds } from '../measure/process.ts';
import type { Person, Running } from '../subject.ts';

export interface LoginFigures {
  readonly logins: number;
  readonly perCpuSecond: number;
  /** Milliseconds of server CPU for each. */
  readonly cpu: number;
}

const lanes = 8;

export const measureLogins = async (
  running: Running,
  target: Target,
  people: readonly Person[],
  logins: number,
): Promise<LoginFigures> => {
  const failures: Error[] = [];
  let next = 0;
  const lane = async (last: number): Promise<void> => {
    while (next < last) {
      const number = next++;
      const person = people[number % people.length];
      if (person === undefined) return;
      const connection = await bindScram(target, person, `login${number}`);
      await settle(connection, (error) => failures.push(error));
      connection.goodbye();
    }
  };
  const run = (last: number): Promise<unknown> => Promise.all(Array.from({ length: lanes }, () => lane(last)));
  await run(people.length);
  const before = cpuSeconds(running.pids());
  await run(people.length + logins);
  const used = cpuSeconds(running.pids()) - before;
  if (failures[0] !== undefined) throw failures[0];
  return { logins, perCpuSecond: logins / used, cpu: (used / logins) * 1000 };
};
