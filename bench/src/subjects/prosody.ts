// Prosody as a subject: Debian's package with archive, carbons and stream management on, files or SQLite underneath.
import { execFileSync } from 'node:child_process';
import { createHash, createHmac, pbkdf2Sync } from 'node:crypto';
import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Person, Running, Setting, Subject } from '../subject.ts';
import { freePort, listening, startChild, stopChild } from './child.ts';

type Store = 'internal' | 'sql';

interface Ports {
  readonly port: number;
  readonly tlsPort: number;
}

const modules = ['roster', 'saslauth', 'disco', 'tls', 'ping', 'carbons', 'smacks', 'pep', 'blocklist', 'offline'];

const configuration = (setting: Setting, { port, tlsPort }: Ports, store: Store): string => `
daemonize = false
run_as_root = true
pidfile = "${join(setting.directory, 'prosody.pid')}"
data_path = "${join(setting.directory, 'data')}"
log = { warn = "${join(setting.directory, 'prosody.log')}" }
interfaces = { "127.0.0.1" }
c2s_ports = { ${port} }
c2s_direct_tls_ports = { ${tlsPort} }
c2s_direct_tls_ssl = { certificate = "${setting.certificate.cert}"; key = "${setting.certificate.key}" }
s2s_ports = { }
network_backend = "epoll"
c2s_require_encryption = false
allow_unencrypted_plain_auth = true
authentication = "internal_hashed"
modules_enabled = { ${[...modules, ...(setting.archive ? ['mam'] : [])].map((name) => `"${name}"`).join('; ')} }
modules_disabled = { "s2s" }
storage = "${store}"
sql = { driver = "SQLite3", database = "${join(setting.directory, 'prosody.sqlite')}" }
limits = { }
VirtualHost "${setting.domain}"
`;

const rounds = 10_000;

/** An account as Prosody's own files keep it: SCRAM-SHA-1 with as many rounds as ours (RFC 5802 §3). */
const accountFile = ({ name, password }: Person): string => {
  const salt = createHash('sha256').update(name).digest('hex').slice(0, 32);
  const salted = pbkdf2Sync(password, salt, rounds, 20, 'sha1');
  const hmac = (text: string): Buffer => createHmac('sha1', salted).update(text).digest();
  const stored = createHash('sha1').update(hmac('Client Key')).digest('hex');
  const server = hmac('Server Key').toString('hex');
  return `return {
\t["salt"] = "${salt}";
\t["iteration_count"] = ${rounds};
\t["stored_key"] = "${stored}";
\t["server_key"] = "${server}";
};
`;
};

const writeAccounts = ({ people, directory, domain }: Setting): void => {
  const folder = join(directory, 'data', encodeURIComponent(domain).replaceAll('.', '%2e'), 'accounts');
  mkdirSync(folder, { recursive: true });
  for (const person of people) writeFileSync(join(folder, `${person.name}.dat`), accountFile(person));
};

const start = async (setting: Setting, store: Store): Promise<Running> => {
  const ports = { port: await freePort(), tlsPort: await freePort() };
  const file = join(setting.directory, 'prosody.cfg.lua');
  const split = store === 'sql' ? 'storage = { accounts = "internal"; default = "sql" }\n' : '';
  writeFileSync(file, configuration(setting, ports, store).replace(/^VirtualHost/m, `${split}VirtualHost`));
  writeAccounts(setting);
  const log = join(setting.directory, 'output.log');
  const child = startChild({ command: 'prosody', args: ['--config', file], log });
  await listening(child, ports.port, log);
  return { ...ports, pids: () => [child.pid ?? 0], stop: () => stopChild(child) };
};

/** Prosody with one of its stores. */
export const prosody = (store: Store): Subject => ({
  name: `Prosody (${store === 'sql' ? 'SQLite' : 'files'})`,
  version: () => /Prosody (\d\S*)/.exec(execFileSync('prosodyctl', ['about'], { encoding: 'utf8' }))?.[1] ?? '?',
  missing: () => (existsSync('/usr/bin/prosody') ? undefined : 'npm run peers'),
  start: (setting) => start(setting, store),
});
