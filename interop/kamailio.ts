// Kamailio for one play: Debian's package on free loopback ports, as somebody's server, a neighbour domain or a PBX.
import { cpSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { testCertificate, testKey } from '@parlance/xmpp-server/testing/certificate';
import { type ForeignServer, freePort, type People, startForeign } from './foreign-server.ts';

export interface KamailioOptions {
  readonly domain: string;
  readonly people: People;
  /** Processes for UDP, and as many for TCP; 8 are its default. */
  readonly children?: number;
  /** The one algorithm of its challenges (RFC 8760 lets a server have several; it has not). */
  readonly algorithm?: 'MD5' | 'SHA-256';
  /** Other domains, and the URI to which requests for them go. */
  readonly neighbours?: Readonly<Record<string, string>>;
}

/** It listens to UDP, TCP and WebSocket (path `/`) on `port`. */
export interface Kamailio extends ForeignServer {
  readonly tlsPort: number;
}

const program = fileURLToPath(new URL('kamailio/kamailio.cfg', import.meta.url));

/** The tables of Debian's package, in files. */
const tables = '/usr/share/kamailio/dbtext/kamailio';

const table = (name: string, rows: Readonly<Record<string, string>>): readonly string[] =>
  Object.entries(rows).map(([key, value]) => `$sht(${name}=>${key}) = "${value}";`);

const configuration = (directory: string, port: number, tlsPort: number, options: KamailioOptions): string => {
  const { domain, people, children = 8, algorithm = 'MD5', neighbours = {} } = options;
  const passwords = Object.fromEntries(people.names.map((name) => [name, people.password]));
  return `#!KAMAILIO
#!define PORT ${port}
#!define TLS_PORT ${tlsPort}
#!define TLS_FILE "${join(directory, 'tls.cfg')}"
#!define DOMAIN "${domain}"
#!define DATABASE "text://${join(directory, 'tables')}"
#!define CHILDREN ${children}
#!define ALGORITHM "${algorithm}"
include_file "${program}"
event_route[htable:mod-init] {
${[...table('passwords', passwords), ...table('neighbours', neighbours)].join('\n')}
}
`;
};

const certificate = (directory: string): string => `[server:default]
method = TLSv1.2+
certificate = ${join(directory, 'one.crt')}
private_key = ${join(directory, 'one.key')}
`;

export const startKamailio = async (options: KamailioOptions): Promise<Kamailio> => {
  const tlsPort = await freePort();
  const server = await startForeign((directory, port) => {
    const file = join(directory, 'kamailio.cfg');
    writeFileSync(file, configuration(directory, port, tlsPort, options));
    writeFileSync(join(directory, 'tls.cfg'), certificate(directory));
    writeFileSync(join(directory, 'one.crt'), testCertificate);
    writeFileSync(join(directory, 'one.key'), testKey);
    cpSync(tables, join(directory, 'tables'), { recursive: true });
    const args = ['-DD', '-E', '-f', file, '-Y', directory, '-m', '64', '-M', '8'];
    return { command: 'kamailio', args, end: 'SIGTERM' };
  });
  return { ...server, tlsPort };
};
