// The data directory for one command: through the socket of the server that runs on it, or opened for that long when none does.
import { KeyedArchiveIds } from '../compose/archive-ids.ts';
import { composeCore } from '../compose/core.ts';
import { dataKey } from '../compose/data-keys.ts';
import { phonePasswords } from '../compose/ha1.ts';
import { mailboxLimits } from '../compose/limits.ts';
import type { Ports } from '../compose/ports.ts';
import { openStorage } from '../compose/storage.ts';
import type { Configuration } from '../config/configuration.ts';
import { answersOf } from './answer.ts';
import { callServer } from './caller.ts';
import { waitForData } from './data-lock.ts';
import { namingHolders } from './holders.ts';
import type { Ask } from './requests.ts';

/** Milliseconds to wait for an owner who answers no requests: he is starting, stopping, or another command. */
const patience = 10_000;

/** Opens storage and core, answers, closes. The lock is held by the caller. */
const onDisk = async <T>(configuration: Configuration, ports: Ports, use: (ask: Ask) => Promise<T>): Promise<T> => {
  const storage = await namingHolders(configuration.data, () => openStorage(configuration.data, ports.clock));
  const domains = new Set(configuration.domains.map(({ name }) => name));
  const core = composeCore({
    ...ports,
    ...phonePasswords(configuration),
    storage,
    isLocal: (domain) => domains.has(domain),
    limits: mailboxLimits(configuration),
  });
  const { membership, commits, stores } = core;
  membership.onRemove.on('act', ({ address }) => void commits.write(...stores.accounts.disown(address)));
  const archiveIds = new KeyedArchiveIds(dataKey(configuration.data, 'archive-ids', 16));
  try {
    return await use(answersOf({ configuration, core, membership, archiveIds, ports, running: undefined }));
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
  const found = await waitForData(data, name, patience, () => callServer(data));
  if ('ask' in found) return use(found.ask).finally(() => found.close());
  return onDisk(configuration, ports, use).finally(() => found.release());
};
