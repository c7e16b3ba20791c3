// The server in the foreground, from the locked data directory to its clean end: what `parlance start` does.
import { once } from 'node:events';
import { isDeepStrictEqual } from 'node:util';
import { type RunningServer, startServer } from '../compose/server.ts';
import type { Configuration } from '../config/configuration.ts';
import { answersOf } from '../control/answer.ts';
import { namingHolders } from '../control/holders.ts';
import type { Running } from '../control/house.ts';
import { openControlSocket } from '../control/listener.ts';
import { makeLog, type ServerLog } from '../ports/log.ts';
import { textsOf } from '../texts/choose.ts';
import type { Texts } from '../texts/en.ts';
import { version } from '../version.ts';
import { type CommonOptions, configurationOf, type Terminal } from './command.ts';
import { endpoint } from './table.ts';

/** Milliseconds for a clean end; what takes longer is cut off. */
const drain = 10_000;

type Listeners = RunningServer['listeners'];

const readyLine = (listeners: Listeners): string => {
  const urls = listeners.flatMap(({ url }) => (url === null ? [] : [url]));
  const ports = listeners.filter(({ url }) => url === null).map((row) => `${row.name} ${endpoint(row)}`);
  return ['ready', ...new Set(urls), ...ports].join(' ');
};

/** Taken over by a reload. */
const followed: ReadonlySet<keyof Configuration> = new Set(['log', 'retention', 'sipPolicy']);

/** The keys that differ and that only a start takes over. */
const waitingKeys = (now: Configuration, next: Configuration): readonly string[] =>
  (Object.keys(next) as (keyof Configuration)[]).filter(
    (key) => !followed.has(key) && !isDeepStrictEqual(now[key], next[key]),
  );

interface Parts {
  readonly server: RunningServer;
  readonly log: ServerLog;
  readonly texts: Texts;
  readonly since: number;
  readonly load: () => Configuration;
}

const runningOf = ({ server, log, texts, since, load }: Parts): Running => ({
  listeners: server.listeners,
  since,
  retention: () => server.retention.report,
  phones: () => ({ bindings: server.sip.bindings.size, ...server.sip.events.counts }),
  reload: async () => {
    const next = load();
    log.setLevel(next.log.level);
    const keys = waitingKeys(server.configuration, next);
    return [...(keys.length === 0 ? [] : [texts.reload.restart(keys.join(', '))]), ...(await server.reload(next))];
  },
});

const onHangUp = (running: Running, log: ServerLog): void => {
  running.reload().then(
    (problems) => log.info('reloaded', { problems }),
    (error: unknown) => log.error('reload failed', { error }),
  );
};

/** Runs the server on a data directory that is locked already, until a signal ends it. */
export const serve = async (
  terminal: Terminal,
  options: CommonOptions,
  configuration: Configuration,
): Promise<void> => {
  const { ports } = terminal;
  const texts = textsOf(configuration, terminal.texts);
  const log = makeLog(configuration.log.level);
  for (const { name, plaintext } of configuration.domains) if (plaintext) log.warn(texts.starting.plaintext(name));
  const server = await namingHolders(configuration.data, () => startServer(configuration, { ...ports, log }));
  const parts = { server, log, texts, since: ports.clock.now(), load: () => configurationOf(terminal, options) };
  const running = runningOf(parts);
  const { core, xmpp } = server;
  const { archiveIds } = xmpp.services.context;
  const ask = answersOf({ configuration, core, membership: core.membership, archiveIds, ports, running });
  const control = await openControlSocket(configuration.data, ask, log);
  const ended = Promise.race([once(process, 'SIGTERM'), once(process, 'SIGINT')]);
  process.on('SIGHUP', () => onHangUp(running, log));
  terminal.out(
    options.json === true
      ? JSON.stringify({ event: 'ready', version, listeners: server.listeners })
      : readyLine(server.listeners),
  );
  await ended;
  setTimeout(() => process.exit(1), drain).unref();
  await control.close();
  await server.stop();
};
