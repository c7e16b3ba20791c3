// The configuration as the server uses it: checked, complete, paths absolute, listeners resolved to addresses.
import { resolve } from 'node:path';
import type { LogLevel } from '@parlance/base/log';
import { type ListenerName, type ListenPoint, listenPoints } from './listen.ts';
import type { FileSettings } from './schema.ts';

/** Files of a certificate chain and its key, both PEM. */
export interface CertificateFiles {
  readonly cert: string;
  readonly key: string;
}

export interface DomainSettings {
  /** Prepared (RFC 7622 §3.2). */
  readonly name: string;
  /** Undefined: `data/certs/DOMAIN.crt` and `.key`, made when absent. */
  readonly tls: CertificateFiles | undefined;
  /** SASL also off a secure path (ADR 0005). */
  readonly plaintext: boolean;
  /** Whether anybody may make an account in-band (XEP-0077). */
  readonly registration: 'closed' | 'open';
  /** SASL ANONYMOUS gives a temporary account (XEP-0175). */
  readonly anonymous: boolean;
}

export interface Configuration {
  /** The file this came from; undefined when there is none. */
  readonly file: string | undefined;
  /** The data directory. */
  readonly data: string;
  readonly domains: readonly DomainSettings[];
  readonly listen: Readonly<Record<ListenerName, readonly ListenPoint[]>>;
  readonly http: {
    /** What browsers see; undefined: the address they connect to. */
    readonly publicUrl: string | undefined;
    /** Addresses and networks whose forwarding headers are believed. */
    readonly trustedProxies: readonly string[];
    /** Web pages elsewhere that may connect; `*` for all. */
    readonly origins: readonly string[];
  };
  readonly sip: {
    /** Digest over TLS only. */
    readonly requireTls: boolean;
    /** Phones may use the account's own password; else app passwords only. */
    readonly accountPassword: boolean;
    /** MD5 beside SHA-256, for phones that know nothing else (RFC 8760 §3). */
    readonly digestMd5: boolean;
    /** Places of domains that are not asked of the DNS: `host:port;transport=tcp`. */
    readonly hosts: Readonly<Record<string, string>>;
    /** Host of our Via, Record-Route and Contact; undefined: the local address of each flow. */
    readonly advertise: string | undefined;
  };
  /** What the operator decides about requests of SIP; taken over by a reload. */
  readonly sipPolicy: {
    /** The first that fits (RFC 3261 §16.5). */
    readonly routes: FileSettings['sip']['routes'];
    /** Servers whose word about their own domain is believed. */
    readonly peers: FileSettings['sip']['peers'];
    /** Domains that answer with 302 (RFC 3261 §8.3). */
    readonly redirects: readonly string[];
  };
  readonly archive: { readonly enabled: boolean };
  /** What archives keep; taken over by a reload. */
  readonly retention: {
    /** Days, by domain; undefined: for ever. */
    readonly keepDays: Readonly<Record<string, number | undefined>>;
    /** Bytes of one archive; undefined: as many as there are. */
    readonly archiveBytes: number | undefined;
  };
  /** Undefined: by client, then LANG. */
  readonly language: 'en' | 'zh' | undefined;
  readonly log: { readonly level: LogLevel };
  /** Units stand in the names; bounds and defaults in `schema.ts`. */
  readonly limits: Omit<FileSettings['limits'], 'archiveBytes'>;
}

/** Where a configuration came from, and what the command line says on top. */
export interface Origin {
  readonly file: string | undefined;
  /** The folder to which paths in the file are relative. */
  readonly folder: string;
  readonly data: string | undefined;
}

const certificate = (tls: FileSettings['tls'] | undefined, folder: string): CertificateFiles | undefined => {
  if (tls === undefined || tls.cert === null || tls.key === null) return undefined;
  return { cert: resolve(folder, tls.cert), key: resolve(folder, tls.key) };
};

const domainSettings = (settings: FileSettings, folder: string): readonly DomainSettings[] =>
  settings.domains.map(({ name, tls, auth }) => ({
    name,
    tls: certificate(tls ?? settings.tls, folder),
    plaintext: auth?.plaintext ?? settings.auth.plaintext,
    registration: (auth?.registration ?? settings.auth.registration) === 'open' ? 'open' : 'closed',
    anonymous: settings.auth.anonymous.includes(name),
  }));

/** A domain's own word goes before the common one. */
const retention = ({ domains, archive, limits }: FileSettings): Configuration['retention'] => ({
  keepDays: Object.fromEntries(
    domains.map(({ name, archive: own }) => [
      name,
      (own?.keepDays === undefined ? archive.keepDays : own.keepDays) ?? undefined,
    ]),
  ),
  archiveBytes: limits.archiveBytes === 0 ? undefined : (limits.archiveBytes ?? undefined),
});

const sipSettings = ({ sip }: FileSettings): Configuration['sip'] => ({
  hosts: sip.hosts ?? {},
  requireTls: sip.requireTls,
  accountPassword: sip.accountPassword,
  digestMd5: sip.digestMd5,
  advertise: sip.advertise ?? undefined,
});

const sipPolicy = ({ domains, sip }: FileSettings): Configuration['sipPolicy'] => ({
  routes: sip.routes,
  peers: sip.peers,
  redirects: domains.filter((each) => (each.sip?.mode ?? sip.mode) === 'redirect').map(({ name }) => name),
});

/** Completes settings that have been checked. */
export const toConfiguration = (settings: FileSettings, { file, folder, data }: Origin): Configuration => {
  const { archiveBytes: _, ...limits } = settings.limits;
  const points = (name: ListenerName): readonly ListenPoint[] => listenPoints(settings.listen[name], settings.address);
  return {
    file,
    data: data === undefined ? resolve(folder, settings.data) : resolve(data),
    domains: domainSettings(settings, folder),
    listen: {
      c2s: points('c2s'),
      c2sTls: points('c2sTls'),
      http: points('http'),
      https: points('https'),
      sipUdp: points('sipUdp'),
      sipTcp: points('sipTcp'),
      sipTls: points('sipTls'),
    },
    http: { ...settings.http, publicUrl: settings.http.publicUrl ?? undefined },
    sip: sipSettings(settings),
    sipPolicy: sipPolicy(settings),
    archive: { enabled: settings.archive.enabled },
    retention: retention(settings),
    language: settings.language ?? undefined,
    log: settings.log,
    limits,
  };
};
