// CPU profiles of a process's threads as `node --cpu-prof` leaves them: where each thread's time went, by its own samples.
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

interface ProfileNode {
  readonly id: number;
  readonly callFrame: { readonly functionName: string; readonly url: string; readonly lineNumber: number };
}

interface Profile {
  readonly nodes: readonly ProfileNode[];
  readonly samples: readonly number[];
  /** Microseconds before each sample. */
  readonly timeDeltas: readonly number[];
}

export interface Place {
  /** A file of the house, a module of Node, or what the engine itself was doing. */
  readonly where: string;
  /** Seconds in its own code, without what it calls. */
  readonly seconds: number;
}

export interface ThreadProfile {
  readonly thread: string;
  /** Seconds in which it did something. */
  readonly busy: number;
  /** Longest first. */
  readonly places: readonly Place[];
}

const idle = '(idle)';

const placeOf = ({ callFrame: { functionName, url } }: ProfileNode): string => {
  const own = /\/((?:packages|apps)\/[^/]+)\/dist\/(.+)\.js$/.exec(url);
  if (own !== null) return `${own[1]} ${own[2]}`;
  const dependency = /\/node_modules\/((?:@[^/]+\/)?[^/]+)\//.exec(url);
  if (dependency !== null) return `dependency ${dependency[1]}`;
  if (url !== '') return url;
  return functionName.startsWith('(') ? functionName : `native ${functionName}`;
};

/** The database's threads are known by their only file. */
const threadOf = (places: ReadonlyMap<string, number>, number: number): string => {
  if (number === 0) return 'main';
  return places.has('packages/storage sqlite/worker') ? `database ${number}` : `worker ${number}`;
};

const readProfile = (text: string, number: number): ThreadProfile => {
  const { nodes, samples, timeDeltas } = JSON.parse(text) as Profile;
  const byId = new Map(nodes.map((node) => [node.id, placeOf(node)]));
  const seconds = new Map<string, number>();
  for (const [index, id] of samples.entries()) {
    const where = byId.get(id) ?? '?';
    seconds.set(where, (seconds.get(where) ?? 0) + Math.max(0, timeDeltas[index] ?? 0) / 1e6);
  }
  const places = [...seconds]
    .filter(([where]) => where !== idle)
    .map(([where, time]) => ({ where, seconds: time }))
    .sort((a, b) => b.seconds - a.seconds);
  return {
    thread: threadOf(seconds, number),
    busy: places.reduce((sum, place) => sum + place.seconds, 0),
    places,
  };
};

/** All profiles in a directory, the main thread first. */
export const readProfiles = (directory: string): readonly ThreadProfile[] =>
  readdirSync(directory)
    .filter((name) => name.endsWith('.cpuprofile'))
    .map((name) => ({ name, number: Number(name.split('.')[4]) }))
    .sort((a, b) => a.number - b.number)
    .map(({ name, number }) => readProfile(readFileSync(join(directory, name), 'utf8'), number));
