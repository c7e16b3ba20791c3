// `npm run peers`: installs the foreign programs that interop/ and bench/ play against, by apt-get. `--list` only looks.
// Foreign libraries (xmpp.js, stanza, Strophe.js, Converse.js) come with `npm ci`: interop/package.json.
import { spawnSync } from 'node:child_process';
import { existsSync, rmSync, writeFileSync } from 'node:fs';

/** Program, its Debian packages, what it is for. */
const peers = [
  {
    name: 'Prosody',
    packages: ['prosody', 'lua-event', 'lua-dbi-sqlite3'],
    purpose: 'XMPP server: interop, benchmark',
  },
  { name: 'ejabberd', packages: ['ejabberd'], purpose: 'XMPP server: interop, benchmark' },
  { name: 'Profanity', packages: ['profanity'], purpose: 'XMPP client in a terminal' },
  { name: 'Poezio', packages: ['poezio'], purpose: 'XMPP client in a terminal' },
  { name: 'mcabber', packages: ['mcabber'], purpose: 'XMPP client in a terminal' },
  { name: 'Dino', packages: ['dino-im', 'xdotool', 'dbus-daemon'], purpose: 'XMPP client with windows' },
  { name: 'Gajim', packages: ['gajim', 'dbus-daemon'], purpose: 'XMPP client with windows' },
  { name: 'slixmpp', packages: ['python3-slixmpp'], purpose: 'XMPP library for Python; also runs examples/' },
  { name: 'Chromium', packages: ['chromium', 'fonts-noto-cjk'], purpose: 'the web client, headless, also in Chinese' },
  { name: 'tmux', packages: ['tmux'], purpose: 'drives the terminal clients' },
  { name: 'Xvfb', packages: ['xvfb'], purpose: 'a screen for programs that need one' },
  { name: 'strace', packages: ['strace'], purpose: 'the proof that an acknowledged message is on disk' },
];

const capture = (command, args) => spawnSync(command, args, { encoding: 'utf8' });
const isInstalled = (name) => capture('dpkg-query', ['-W', '-f', `\${db:Status-Status}`, name]).stdout === 'installed';
const isOffered = (name) => / Candidate: (?!\(none\))/.test(capture('apt-cache', ['policy', name]).stdout);

const missingOf = ({ packages }) => packages.filter((name) => !isInstalled(name));

const list = () => {
  for (const peer of peers) {
    const missing = missingOf(peer);
    const state = missing.length === 0 ? 'there  ' : 'MISSING';
    const which = missing.length === 0 ? '' : ` (apt-get install ${missing.join(' ')})`;
    process.stdout.write(`${state} ${peer.name.padEnd(10)} ${peer.purpose}${which}\n`);
  }
};

const fail = (why) => {
  process.stderr.write(`${why}\n`);
  process.exit(1);
};

const aptGet = (...args) => {
  const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' };
  const { status } = spawnSync('apt-get', ['-qq', ...args], { env, stdio: ['ignore', 'ignore', 'inherit'] });
  if (status !== 0) fail(`apt-get ${args.join(' ')} failed with exit code ${status}.`);
};

const policy = '/usr/sbin/policy-rc.d';

/** Runs `work` while packages that are being installed may not start their services; a policy of the host's own stays. */
const withoutServices = (work) => {
  const ours = !existsSync(policy);
  if (ours) {
    writeFileSync(policy, '#!/bin/sh\nexit 101\n', { mode: 0o755 });
    process.once('exit', () => rmSync(policy, { force: true }));
  }
  work();
};

const install = () => {
  const missing = peers.flatMap(missingOf);
  if (missing.length === 0) return;
  if (process.getuid() !== 0) fail(`Only root may install ${missing.join(' ')}: sudo npm run peers`);
  aptGet('update');
  const offered = missing.filter(isOffered);
  process.stdout.write(`installing: ${offered.join(' ')}\n`);
  withoutServices(() => aptGet('install', '-y', '--no-install-recommends', ...offered));
};

if (!existsSync('/usr/bin/apt-get')) {
  const names = peers.map(({ name }) => name).join(', ');
  fail(`There is no apt-get here. Install by hand what you want to test against: ${names}.`);
}
if (!process.argv.includes('--list')) install();
list();
