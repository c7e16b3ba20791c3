// Prosody for one play: Debian's package on a free loopback port, over a directory of its own.
import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { connect, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { testCertificate, testKey } from '@parlance/xmpp-server/testing/certificate';

export interface Prosody {
  readonly domain: string;
  readonly port: number;
  /** PEM, to be trusted. */
  readonly certificate: string;
  stop(): Promise<void>;
}

/** The command that installs it; undefined when it is there. */
export const missingProsody = (): string | undefined => (existsSync('/usr/bin/prosody') ? undefined : 'npm run peers');

/** The certificate's. */
const domain = 'one.example';

/** Milliseconds until it has to answer. */
const patience = 20_000;

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

const freePort = async (): Promise<number> => {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  server.close();
  return typeof address === 'object' && address !== null ? address.port : 0;
};

const answers = async (port: number): Promise<boolean> => {
  const socket = connect(port, '127.0.0.1');
  try {
    await once(socket, 'connect');
    return true;
  } catch {
    return false;
  } finally {
    socket.destroy();
  }
};

/** Starts it with these accounts (local parts), whose password is `password`. */
export const startProsody = async (people: readonly string[], password: string): Promise<Prosody> => {
  const directory = mkdtempSync(join(tmpdir(), 'parlance-prosody-'));
  const port = await freePort();
  const file = join(directory, 'prosody.cfg.lua');
  writeFileSync(file, configuration(directory, port));
  writeFileSync(join(directory, 'one.crt'), testCertificate);
  writeFileSync(join(directory, 'one.key'), testKey);
  for (const name of people)
    execFileSync('prosodyctl', ['--root', '--config', file, 'register', name, domain, password], { stdio: 'pipe' });
  const child = spawn('prosody', ['--config', file], { stdio: 'ignore' });
  const end = once(child, 'exit');
  const stop = async (): Promise<void> => {
    child.kill('SIGKILL');
    await end;
    rmSync(directory, { recursive: true, force: true });
  };
  for (let waited = 0; !(await answers(port)); waited += 50) {
    if (waited > patience || child.exitCode !== null) {
      await stop();
      throw new Error('Prosody does not start');
    }
    await pause(50);
  }
  return { domain, port, certificate: testCertificate, stop };
};
