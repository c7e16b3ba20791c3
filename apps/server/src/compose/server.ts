// A running server, put together: data directory, core, XMPP, listeners; and its orderly end (DESIGN §3, §4).
import { join } from 'node:path';
import { Turn } from '@parlance/base/turn';
import { Retention } from '@parlance/core/retention';
import { type Certificates, openCertificates } from '../certificates/certificates.ts';
import type { Configuration } from '../config/configuration.ts';
import { restAtLeisure } from '../ports/rest.ts';
import { type Core, composeCore } from './core.ts';
import { phonePasswords } from './ha1.ts';
import { mailboxLimits, retentionRules } from './limits.ts';
import { type ListenerRow, listenAll } from './listeners.ts';
import type { Ports } from './ports.ts';
import { composeSip, type SipSide } from './sip.ts';
import { openStorage, type Storage } from './storage.ts';
import { composeXmpp, type XmppSide } from './xmpp.ts';

export interface RunningServer {
  readonly configuration: Configuration;
  readonly core: Core;
  readonly xmpp: XmppSide;
  readonly sip: SipSide;
  /** What archives keep. */
  readonly retention: Retention;
  /** Where it listens. */
  readonly listeners: readonly ListenerRow[];
  /** Connections at this moment. */
  connections(): number;
  /** Takes new certificates, and what archives keep from now on; what could not be taken, as sentences. */
  reload(next: Configuration): Promise<readonly string[]>;
  /** Says goodbye to everybody, commits what is open, closes the database. */
  stop(): Promise<void>;
}

/** Starts a server on a data directory whose lock the caller holds. Rejects with a sentence for people, with nothing left open. */
export const startServer = async (configuration: Configuration, ports: Ports): Promise<RunningServer> => {
  const { clock, log } = ports;
  const certificates = await openCertificates({
    domains: configuration.domains.map(({ name, tls }) => ({ name, files: tls })),
    directory: join(configuration.data, 'certs'),
    clock,
    log,
  });
  const storage = await openStorage(configuration.data, clock);
  try {
    return await running({ configuration, ports, certificates, storage });
  } catch (error) {
    await storage.close();
    throw error;
  }
};

interface Parts {
  readonly configuration: Configuration;
  readonly ports: Ports;
  readonly certificates: Certificates;
  readonly storage: Storage;
}

const running = async ({ configuration, ports, certificates, storage }: Parts): Promise<RunningServer> => {
  const { clock, log } = ports;
  const domains = new Set(configuration.domains.map(({ name }) => name));
  const isLocal = (domain: string): boolean => domains.has(domain);
  const phones = phonePasswords(configuration);
  const core = composeCore({
    ...ports,
    ...phones,
    storage,
    isLocal,
    limits: mailboxLimits(configuration),
  });
  const xmpp = composeXmpp({ ...ports, configuration, core, isLocal });
  await xmpp.restore();
  await core.commits.flushed();
  const rules = retentionRules(configuration);
  const retention = new Retention({ store: core.stores.retention, commits: core.commits, clock, log, rules });
  core.router.onGrowth.on('act', (account) => void retention.grown(account));
  const turn = new Turn((run) => clock.soon(run));
  const sip = composeSip({ ...ports, configuration, certificates, turn, core, xmpp, phones, isLocal });
  await sip.restore();
  const listeners = await listenAll({ configuration, services: xmpp.services, sip, turn, certificates, log });
  certificates.watch();
  retention.start();
  const stopCollecting = restAtLeisure(clock);
  return {
    configuration,
    core,
    xmpp,
    sip,
    retention,
    listeners: listeners.rows,
    connections: () => listeners.count(),
    reload: (next) => {
      retention.follow(retentionRules(next));
      sip.follow(next);
      return certificates.reload();
    },
    stop: async () => {
      stopCollecting();
      certificates.close();
      xmpp.sessions.shutdown();
      await listeners.close();
      await sip.close();
      await retention.stop();
      await core.commits.flushed();
      await storage.close();
    },
  };
};
