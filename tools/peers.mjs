// `npm run peers`: installs what interop/ and bench/ play against, libraries by npm and programs by apt-get. `--list` only looks.
// The libraries and their versions stand in interop/libraries/package.json; whoever is not root gets these alone.
import { spawnSync } from 'node:child_process';
import { existsSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { readJson, root } from './house/workspaces.mjs';

/** Program, its Debian packages, what it is for. */
const programs = [
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
  {
    name: 'Kamailio',
    packages: ['kamailio', 'kamailio-tls-modules', 'kamailio-presence-modules', 'kamailio-websocket-modules'],
    purpose: 'SIP server: interop, benchmark',
  },
  { name: 'baresip', packages: ['baresip-core'], purpose: 'SIP phone' },
  { name: 'Linphone', packages: ['linphone-cli'], purpose: 'SIP phone' },
  { name: 'SIPp', packages: ['sip-tester'], purpose: 'plays SIP scenarios: interop, benchmark' },
  { name: 'sipsak', packages: ['sipsak'], purpose: 'SIP on the command line' },
  { name: 'tmux', packages: ['tmux'], purpose: 'drives the terminal clients' },
  { name: 'Xvfb', packages: ['xvfb'], purpose: 'a screen for programs that need one' },
  { name: 'strace', packages: ['strace'], purpose: 'the proof that an acknowledged message is on disk' },
];

const capture = (command, args) => spawnSync(command, args, { encoding: 'utf8' });
const isInstalled = (name) => capture('dpkg-query', ['-W', '-f', `\${db:Status-Status}`, name]).stdout === 'installed';
const isOffered = (name) => / Candidate: (?!\(none\))/.test(capture('apt-cache', ['policy', name]).stdout);

const missingOf = ({ packages }) => packages.filter((name) => !isInstalled(name));

const say = (line) => process.stdout.write(`${line}\n`);

const stateOf = (isThere, name) => `${isThere ? 'there  ' : 'MISSING'} ${name.padEnd(12)}`;

const listPrograms = () => {
  for (const program of programs) {
    const missing = missingOf(program);
    const which = missing.length === 0 ? '' : ` (apt-get install ${missing.join(' ')})`;
    say(`${stateOf(missing.length === 0, program.name)} ${program.purpose}${which}`);
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

const installPrograms = () => {
  const missing = programs.flatMap(missingOf);
  if (missing.length === 0) return;
  if (process.getuid() !== 0) {
    say('Only root may install programs: sudo npm run peers');
    return;
  }
  aptGet('update');
  const offered = missing.filter(isOffered);
  say(`installing: ${offered.join(' ')}`);
  withoutServices(() => aptGet('install', '-y', '--no-install-recommends', ...offered));
};

const folder = join(root, 'interop/libraries');
const libraries = Object.entries(readJson(join(folder, 'package.json')).dependencies);

const isLaid = ([name, version]) => {
  const manifest = join(folder, 'node_modules', name, 'package.json');
  return existsSync(manifest) && readJson(manifest).version === version;
};

const installLibraries = () => {
  if (libraries.every(isLaid)) return;
  const args = ['ci', '--prefix', folder, '--ignore-scripts', '--no-progress'];
  const { status } = spawnSync('npm', args, { stdio: ['ignore', 'ignore', 'inherit'] });
  if (status !== 0) fail(`npm ${args.join(' ')} failed with exit code ${status}.`);
};

const onlyLooks = process.argv.includes('--list');
if (!onlyLooks) installLibraries();
for (const library of libraries) say(`${stateOf(isLaid(library), library[0])} library for JavaScript`);
if (existsSync('/usr/bin/apt-get')) {
  if (!onlyLooks) installPrograms();
  listPrograms();
} else {
  const names = programs.map(({ name }) => name).join(', ');
  say(`There is no apt-get here. Install by hand what you want to test against: ${names}.`);
}
