// Prosody for one play: Debian's package on a free loopback port.
import { execFileSync } from 'node:child_process';
import { existsSync, writeFileSync } from 'node:fs';
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

export const startProsody = ({ names, password }: People): Promise<ForeignServer> =>
  startForeign((directory, port) => {
    const file = join(directory, 'prosody.cfg.lua');
    writeFileSync(file, configuration(directory, port));
    writeFileSync(join(directory, 'one.crt'), testCertificate);
    writeFileSync(join(directory, 'one.key'), testKey);
    for (const name of names)
      execFileSync('prosodyctl', ['--root', '--config', file, 'register', name, domain, password], { stdio: 'pipe' });
    return { command: 'prosody', args: ['--config', file] };
  });
