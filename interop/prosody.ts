// Prosody for one play: Debian's package on a free loopback port.
import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { testCertificate, testKey } from '@parlance/xmpp-server/testing/certificate';
import { domain, type ForeignServer, type People, startForeign } from './foreign-server.ts';

/** The command that installs it; undefined when it is there. */
export const missingProsody = (): string | undefined => (existsSync('/usr/bin/prosody') ? undefined : 'npm run peers');

const configuration = (directory: string, port: number): string => `
run_as_root = true
daemonize = false
pidfile = "${join(directory, 'prosody.pid')}"
data_path = "${join(directory, 'data')}"
log = { warn = "${join(directory, 'prosody.log')}" }
interfaces = { "127.0.0.1" }
c2s_ports = { ${port} }
c2s_direct_tls_ports = { }
s2s_ports = { }
ssl = { certificate = "${join(directory, 'one.crt')}"; key = "${join(directory, 'one.key')}" }
c2s_require_encryption = true
authentication = "internal_hashed"
storage = "internal"
archive_expires_after = "never"
modules_enabled = { "roster"; "saslauth"; "tls"; "disco"; "ping"; "carbons"; "smacks"; "mam"; "pep"; "blocklist"; "vcard_legacy"; "csi"; "offline" }
modules_disabled = { "s2s" }
smacks_hibernation_time = 60
VirtualHost "${domain}"
`;

/** What its migrator takes along: all that its driver of the portable format has a place for. */
const stores = ['accounts', 'roster', 'vcard', 'private', 'archive-archive', 'pep-pubsub'];

/** Where it keeps accounts: in files of its own, or in those of the portable format, one an account (XEP-0227). */
export type ProsodyStore = 'internal' | 'xep0227';

/** The folder of files of the portable format beside its own data. */
export const portableFolder = (directory: string): string => join(directory, 'portable');

const migrator = '/usr/bin/prosody-migrator';

/**
 * Lets its migrator carry accounts from one store to the other, while the server does not look. The migrator looks for the
 * files of the portable format in its own data folder, which is the machine's: it is told of another one.
 */
export const migrateProsody = (directory: string, from: ProsodyStore, to: ProsodyStore): void => {
  const folders = { internal: join(directory, 'data'), xep0227: portableFolder(directory) };
  for (const path of Object.values(folders)) mkdirSync(path, { recursive: true });
  const hosts = `hosts = { ["${domain}"] = { ${stores.map((name) => `"${name}"`).join('; ')} } }`;
  const store = (name: ProsodyStore): string => `${name} { ${hosts}; type = "${name}"; path = "${folders[name]}" }\n`;
  const [program, file] = [join(directory, 'migrator.lua'), join(directory, 'migrator.cfg.lua')];
  const text = readFileSync(migrator, 'utf8').replace(/^CFG_DATADIR=.*$/m, `CFG_DATADIR='${folders.xep0227}';`);
  const [interpreter = 'lua'] = /lua[\d.]*/.exec(text) ?? [];
  writeFileSync(program, text);
  writeFileSync(file, store('internal') + store('xep0227'));
  // What an account does not have is an error to it, which it may go on after.
  const args = [program, `--config=${file}`, '--root', '--keep-going', from, to];
  execFileSync(interpreter, args, { stdio: 'pipe' });
};

/** `prepare` fills the directory before the server starts. */
export const startProsody = (
  { names, password }: People,
  prepare: (directory: string) => void = () => undefined,
): Promise<ForeignServer> =>
  startForeign((directory, port) => {
    const file = join(directory, 'prosody.cfg.lua');
    writeFileSync(file, configuration(directory, port));
    writeFileSync(join(directory, 'one.crt'), testCertificate);
    writeFileSync(join(directory, 'one.key'), testKey);
    prepare(directory);
    for (const name of names)
      execFileSync('prosodyctl', ['--root', '--config', file, 'register', name, domain, password], { stdio: 'pipe' });
    return { command: 'prosody', args: ['--config', file] };
  });
