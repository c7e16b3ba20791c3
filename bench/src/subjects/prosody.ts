// Prosody as a subject: Debian's package with archive, carbons and stream management on, files or SQLite underneath.
import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Running, Setting, Subject } from '../subject.ts';
import { freePort, listening, startChild, stopChild } from './child.ts';

type Store = 'internal' | 'sql';

const modules = ['roster', 'saslauth', 'disco', 'ping', 'carbons', 'smacks', 'pep', 'blocklist', 'offline'];

const configuration = (setting: Setting, port: number, store: Store): string => `
daemonize = false
run_as_root = true
pidfile = "${join(setting.directory, 'prosody.pid')}"
data_path = "${join(setting.directory, 'data')}"
log = { warn = "${join(setting.directory, 'prosody.log')}" }
interfaces = { "127.0.0.1" }
c2s_ports = { ${port} }
s2s_ports = { }
network_backend = "epoll"
c2s_require_encryption = false
allow_unencrypted_plain_auth = true
authentication = "internal_plain"
modules_enabled = { ${[...modules, ...(setting.archive ? ['mam'] : [])].map((name) => `"${name}"`).join('; ')} }
modules_disabled = { "s2s"; "tls" }
storage = "${store}"
sql = { driver = "SQLite3", database = "${join(setting.directory, 'prosody.sqlite')}" }
limits = { }
VirtualHost "${setting.domain}"
`;

/** Accounts as Prosody's own files keep them: a Lua table for each. */
const writeAccounts = ({ accounts, directory, domain }: Setting): void => {
  const folder = join(directory, 'data', encodeURIComponent(domain).replaceAll('.', '%2e'), 'accounts');
  mkdirSync(folder, { recursive: true });
  for (const { name, password } of accounts)
    writeFileSync(join(folder, `${name}.dat`), `return {\n\t["password"] = "${password}";\n};\n`);
};

const start = async (setting: Setting, store: Store): Promise<Running> => {
  const port = await freePort();
  const file = join(setting.directory, 'prosody.cfg.lua');
  const accounts = store === 'sql' ? `storage = { accounts = "internal"; default = "sql" }` : '';
  writeFileSync(file, configuration(setting, port, store).replace(/^VirtualHost/m, `${accounts}\nVirtualHost`));
  writeAccounts(setting);
  const log = join(setting.directory, 'output.log');
  const child = startChild({ command: 'prosody', args: ['--config', file], log });
  await listening(child, port, log);
  return { port, tls: undefined, pids: () => [child.pid ?? 0], stop: () => stopChild(child) };
};

/** Prosody with one of its stores. */
export const prosody = (store: Store): Subject => ({
  name: `Prosody (${store === 'sql' ? 'SQLite' : 'files'})`,
  version: () => /Prosody (\S+)/.exec(execFileSync('prosodyctl', ['about'], { encoding: 'utf8' }))?.[1] ?? '?',
  missing: () => (existsSync('/usr/bin/prosody') ? undefined : 'npm run peers'),
  start: (setting) => start(setting, store),
});
