// ejabberd as a subject: Debian's package with archive, carbons and stream management on, Mnesia or SQLite underneath.
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Running, Setting, Subject } from '../subject.ts';
import { freePort, listening, startChild, stopChild } from './child.ts';

type Store = 'mnesia' | 'sql';

interface Ports {
  readonly port: number;
  readonly tlsPort: number;
}

const library = '/usr/lib/x86_64-linux-gnu';

const modules = ({ archive }: Setting, store: Store): string =>
  [
    'mod_roster: {}',
    'mod_disco: {}',
    'mod_ping: {}',
    'mod_carboncopy: {}',
    'mod_stream_mgmt: {}',
    'mod_offline: {}',
    'mod_privacy: {}',
    'mod_blocking: {}',
    ...(archive ? [`mod_mam: {default: always, db_type: ${store}, compress_xml: false}`] : []),
  ]
    .map((line) => `  ${line}`)
    .join('\n');

const configuration = (setting: Setting, { port, tlsPort }: Ports, store: Store): string => `
hosts: ["${setting.domain}"]
loglevel: warning
certfiles: ["${pem(setting)}"]
acme: {auto: false}
auth_method: internal
auth_password_format: scram
auth_scram_hash: sha
default_db: mnesia
sql_type: sqlite
sql_database: "${join(setting.directory, 'ejabberd.sqlite')}"
listen:
  -
    port: ${port}
    ip: "127.0.0.1"
    module: ejabberd_c2s
    starttls: false
    shaper: none
    max_stanza_size: 262144
  -
    port: ${tlsPort}
    ip: "127.0.0.1"
    module: ejabberd_c2s
    tls: true
    shaper: none
shaper: {}
access_rules: {c2s: {allow: all}, local: {allow: all}}
modules:
${modules(setting, store)}
`;

/** Chain and key in one file, as ejabberd wants them. */
const pem = ({ directory, certificate }: Setting): string => {
  const file = join(directory, 'certificate.pem');
  writeFileSync(file, readFileSync(certificate.cert, 'utf8') + readFileSync(certificate.key, 'utf8'));
  return file;
};

const ebin = (): string =>
  join(library, readdirSync(library).find((name) => name.startsWith('ejabberd-')) ?? '', 'ebin');

/** One account after the other through the node's own function, before the port is used. */
const registration = ({ people, domain, directory }: Setting): string => {
  const file = join(directory, 'accounts.erl');
  const terms = people.map(({ name, password }) => `{<<"${name}">>,<<"${password}">>}.`).join('\n');
  writeFileSync(file, terms);
  return `{ok, L} = file:consult("${file}"), [ejabberd_auth:try_register(U, <<"${domain}">>, P) || {U, P} <- L]`;
};

const start = async (setting: Setting, store: Store): Promise<Running> => {
  const ports = { port: await freePort(), tlsPort: await freePort() };
  const { directory } = setting;
  const file = join(directory, 'ejabberd.yml');
  const ready = join(directory, 'accounts.done');
  mkdirSync(join(directory, 'mnesia'), { recursive: true });
  writeFileSync(file, configuration(setting, ports, store));
  const begin = `application:ensure_all_started(ejabberd), ${registration(setting)}, file:write_file("${ready}", <<>>)`;
  const args = [
    '-noinput',
    '-pa',
    ebin(),
    '+K',
    'true',
    '+P',
    '250000',
    '-mnesia',
    'dir',
    `"${join(directory, 'mnesia')}"`,
  ];
  const log = join(directory, 'output.log');
  const child = startChild({
    command: 'erl',
    args: [...args, '-ejabberd', 'log_rate_limit', '0', '-eval', `${begin}.`],
    env: {
      EJABBERD_CONFIG_PATH: file,
      EJABBERD_LOG_PATH: join(directory, 'ejabberd.log'),
      SPOOL_DIR: join(directory, 'mnesia'),
      HOME: directory,
    },
    log,
  });
  await listening(child, ports.port, log);
  while (!existsSync(ready)) await new Promise((resolve) => setTimeout(resolve, 100));
  return { ...ports, pids: () => [child.pid ?? 0], stop: () => stopChild(child) };
};

/** ejabberd with one of its archive stores. */
export const ejabberd = (store: Store): Subject => ({
  name: `ejabberd (${store === 'sql' ? 'SQLite' : 'Mnesia'})`,
  version: () => /ejabberd-(\S+?)\//.exec(`${ebin()}/`)?.[1] ?? '?',
  missing: () => (existsSync('/usr/sbin/ejabberdctl') ? undefined : 'npm run peers'),
  start: (setting) => start(setting, store),
});
