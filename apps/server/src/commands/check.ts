// `parlance check`: configuration, certificates, ports, DNS; each line says what to do. Exit code 1 when something is bad.
import { isLoopback } from '@parlance/base/addresses';
import type { Command } from 'commander';
import { checkCertificates } from '../check/certificates.ts';
import { checkDns } from '../check/dns.ts';
import { type Finding, note, ok } from '../check/finding.ts';
import { checkPorts } from '../check/ports.ts';
import type { Configuration } from '../config/configuration.ts';
import { callServer } from '../control/caller.ts';
import type { Texts } from '../texts/en.ts';
import { CommandFailed, type CommonOptions, command, configurationOf, print, type Terminal } from './command.ts';

/** Whether phones may sign in from elsewhere over a connection that others can read. */
const phonesInClear = ({ listen, sip }: Configuration): boolean =>
  !sip.requireTls && [...listen.sipUdp, ...listen.sipTcp].some(({ address }) => !isLoopback(address));

const checkConfiguration = (configuration: Configuration, { check }: Texts): readonly Finding[] => [
  ok(configuration.file === undefined ? check.defaults : check.configuration(configuration.file)),
  ...(phonesInClear(configuration) ? [note(check.phonesInClear)] : []),
  ...configuration.domains.filter(({ plaintext }) => plaintext).map(({ name }) => note(check.plaintext(name))),
];

/** The ports of a running server are its own. */
const checkFreePorts = async (configuration: Configuration, texts: Texts): Promise<readonly Finding[]> => {
  const caller = await callServer(configuration.data);
  caller?.close();
  return caller === undefined ? checkPorts(configuration, texts) : [ok(texts.check.portsRunning)];
};

export const check = (terminal: Terminal): Command => {
  const { texts, ports } = terminal;
  return command(terminal, 'check').action(async (options: CommonOptions) => {
    const configuration = configurationOf(terminal, options);
    const findings = [
      ...checkConfiguration(configuration, texts),
      ...checkCertificates(configuration, ports.clock.now(), texts),
      ...(await checkFreePorts(configuration, texts)),
      ...(await checkDns(configuration, texts)),
    ];
    const lines = findings.map(({ mark, text }) => `${mark.padEnd(4)}  ${text}`);
    print(terminal, options, findings, lines);
    const first = findings.find(({ mark }) => mark === 'bad');
    if (first !== undefined) throw new CommandFailed(first.text);
  });
};
