// Idle sessions: resident memory of the server for each one that is signed in, available and silent.
import { setTimeout as wait } from 'node:timers/promises';
import type { LoadConnection, Target } from '../load/connection.ts';
import { bindScram } from '../load/scram.ts';
import { settle } from '../load/sign-in.ts';
import { residentBytes } from '../measure/process.ts';
import type { Person, Running } from '../subject.ts';

export interface IdleFigures {
  readonly sessions: number;
  readonly bytesPerSession: number;
}

/** Sessions that sign in before the first look, so that what is loaded once does not count. */
const first = 200;

/** Time for memory to come to rest, in milliseconds: garbage collectors wait until nothing happens. */
const rest = 20_000;

export const measureIdle = async (
  running: Running,
  target: Target,
  people: readonly Person[],
  sessions: number,
): Promise<IdleFigures> => {
  const open: LoadConnection[] = [];
  const failures: Error[] = [];
  const signIn = async (number: number): Promise<void> => {
    const person = people[number % people.length];
    if (person === undefined) return;
    const connection = await bindScram(target, person, `idle${number}`);
    await settle(connection, (error) => failures.push(error));
    open.push(connection);
  };
  try {
    for (let n = 0; n < first; n++) await signIn(n);
    await wait(rest);
    const before = residentBytes(running.pids());
    for (let n = first; n < first + sessions; n++) await signIn(n);
    await wait(rest);
    if (failures[0] !== undefined) throw failures[0];
    return { sessions, bytesPerSession: (residentBytes(running.pids()) - before) / sessions };
  } finally {
    for (const connection of open) connection.end();
  }
};
