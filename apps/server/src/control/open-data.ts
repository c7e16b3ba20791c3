// The data directory for one command: through the socket of the server that runs on it, or opened for that long when none does.
import { setTimeout as wait } from 'node:timers/promises';
import { KeyedArchiveIds } from '../compose/archive-ids.ts';
import { composeCore } from '../compose/core.ts';
import { dataKey } from '../compose/data-keys.ts';
import type { Ports } from '../compose/ports.ts';
import { openStorage } from '../compose/storage.ts';
import type { Configuration } from '../config/configuration.ts';
import { answersOf } from './answer.ts';
import { callServer } from './caller.ts';
import { type Owner, takeData } from './data-lock.ts';
import type { Ask } from './requests.ts';

/** Milliseconds to wait for an owner who answers no requests: he is starting, stopping, or another command. */
const patience = 10_000;
const pause = 50;

/** Somebody has the data directory and does not let go. */
export class DataTaken extends Error {
  override readonly name = 'DataTaken';
  readonly data: string;
  readonly owner: Owner | undefined;

  constructor(data: string, owner: Owner | undefined) {
    super(`${data} is in use`);
    this.data = data;
    this.owner = owner;
  }
}

/** Opens storage and core, answers, closes. The lock is held by the caller. */
const onDisk = async <T>(configuration: Configuration, ports: Ports, use: (ask: Ask) => Promise<T>): Promise<T> => {
  const storage = await openStorage(configuration.data);
  const domains = new Set(configuration.domains.map(({ name }) => name));
  const core = composeCore({ ...ports, storage, isLocal: (domain) => domains.has(domain) });
  const { membership, commits, stores } = core;
  membership.onRemove.on('act', ({ address }) => void commits.write(...stores.accounts.disown(address)));
  const archiveIds = new KeyedArchiveIds(dataKey(configuration.data, 'archive-ids', 16));
  try {
    return await use(answersOf({ configuration, core, membership, archiveIds, running: undefined }));
  } finally {
    await storage.close();
  }
};

/** Lets `use` ask whoever has the data directory; `name` is the command, for others who want it meanwhile. */
export const withData = async <T>(
  configuration: Configuration,
  ports: Ports,
  name: string,
  use: (ask: Ask) => Promise<T>,
): Promise<T> => {
  const { data } = configuration;
  let owner: Owner | undefined;
  for (let waited = 0; waited <= patience; waited += pause) {
    const caller = await callServer(data);
    if (caller !== undefined) return use(caller.ask).finally(() => caller.close());
    const taken = takeData(data, name);
    if ('release' in taken) return onDisk(configuration, ports, use).finally(() => taken.release());
    owner = taken.owner;
    await wait(pause);
  }
  throw new DataTaken(data, owner);
};
