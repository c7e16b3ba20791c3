// ejabberd for one play: Debian's package on a free loopback port, run as a node of its own without a name.
import { existsSync, mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { testCertificate, testKey } from '@parlance/xmpp-server/testing/certificate';
import { domain, type ForeignServer, type People, startForeign } from './foreign-server.ts';

const library = '/usr/lib/x86_64-linux-gnu';

/** The compiled program; undefined when it is not there. */
const ebin = (): string | undefined => {
  const folder = existsSync(library) ? readdirSync(library).find((name) => name.startsWith('ejabberd-')) : undefined;
  return folder === undefined ? undefined : join(library, folder, 'ebin');
};

/** The command that installs it; undefined when it is there. */
export const missingEjabberd = (): string | undefined => (ebin() === undefined ? 'npm run peers' : undefined);

const configuration = (directory: string, port: number): string => `
hosts: ["${domain}"]
loglevel: warning
certfiles: ["${join(directory, 'one.pem')}"]
acme: {auto: false}
auth_method: internal
auth_password_format: scram
listen:
  - {port: ${port}, ip: "127.0.0.1", module: ejabberd_c2s, starttls_required: true, shaper: none}
shaper: {}
access_rules: {c2s: {allow: all}, local: {allow: all}, pubsub_createnode: {allow: all}}
modules:
  mod_roster: {versioning: true}
  mod_disco: {}
  mod_ping: {}
  mod_carboncopy: {}
  mod_stream_mgmt: {}
  mod_offline: {}
  mod_privacy: {}
  mod_blocking: {}
  mod_client_state: {}
  mod_vcard: {search: false}
  mod_caps: {}
  mod_pubsub: {access_createnode: pubsub_createnode, plugins: [flat, pep]}
  mod_mam: {default: always}
`;

export const startEjabberd = ({ names, password }: People): Promise<ForeignServer> =>
  startForeign((directory, port) => {
    const [file, database, done] = ['ejabberd.yml', 'mnesia', 'done'].map((name) => join(directory, name));
    writeFileSync(join(directory, 'one.pem'), `${testCertificate}\n${testKey}\n`);
    writeFileSync(file ?? '', configuration(directory, port));
    mkdirSync(database ?? '');
    const people = names.map((name) => `ejabberd_auth:try_register(<<"${name}">>, <<"${domain}">>, <<"${password}">>)`);
    const begin = ['application:ensure_all_started(ejabberd)', ...people, `file:write_file("${done}", <<>>)`].join(
      ', ',
    );
    return {
      command: 'erl',
      args: ['-noinput', '-pa', ebin() ?? '', '-mnesia', 'dir', `"${database}"`, '-eval', `${begin}.`],
      env: {
        EJABBERD_CONFIG_PATH: file ?? '',
        EJABBERD_LOG_PATH: join(directory, 'ejabberd.log'),
        SPOOL_DIR: database ?? '',
        HOME: directory,
      },
      ready: () => existsSync(done ?? ''),
    };
  });
