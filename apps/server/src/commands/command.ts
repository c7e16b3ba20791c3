// What every command of the CLI shares: its options, its way to the data directory, its output.
import { Command } from 'commander';
import type { Ports } from '../compose/ports.ts';
import type { Configuration } from '../config/configuration.ts';
import { loadConfiguration } from '../config/load.ts';
import { withData } from '../control/open-data.ts';
import type { Ask } from '../control/requests.ts';
import type { Texts } from '../texts/en.ts';

/** The process as commands see it. */
export interface Terminal {
  readonly texts: Texts;
  readonly environment: Readonly<Record<string, string | undefined>>;
  readonly directory: string;
  readonly input: NodeJS.ReadStream;
  /** One line each. */
  out(line: string): void;
  err(line: string): void;
  readonly ports: Ports;
}

/** `--config`, `--data`, `--json`. */
export interface CommonOptions {
  readonly config?: string;
  readonly data?: string;
  readonly json?: true;
}

/** An error for people: one line on standard error, exit code 1. */
export class CommandFailed extends Error {
  override readonly name = 'CommandFailed';
}

/** A command with its description and help. `path` is its name with those of its parents. */
export const group = (terminal: Terminal, path: keyof Texts['commands']): Command => {
  const { commands, options, titles } = terminal.texts;
  const headings: Readonly<Record<string, string>> = {
    'Usage:': titles.usage,
    'Arguments:': titles.arguments,
    'Options:': titles.options,
    'Commands:': titles.commands,
  };
  return new Command(path.slice(path.lastIndexOf(' ') + 1))
    .description(commands[path])
    .configureHelp({ styleTitle: (title) => headings[title] ?? title })
    .helpOption('-h, --help', options.help)
    .helpCommand(false)
    .exitOverride()
    .configureOutput({ writeErr: () => undefined });
};

/** A command that does something: with the common options. */
export const command = (terminal: Terminal, path: keyof Texts['commands']): Command => {
  const { options } = terminal.texts;
  return group(terminal, path)
    .option('--config <file>', options.config)
    .option('--data <dir>', options.data)
    .option('--json', options.json);
};

export const configurationOf = (terminal: Terminal, { config, data }: CommonOptions): Configuration =>
  loadConfiguration({ config, data, environment: terminal.environment, directory: terminal.directory });

/** Asks whoever has the data directory. */
export const withServer = <T>(
  terminal: Terminal,
  options: CommonOptions,
  name: string,
  use: (ask: Ask) => Promise<T>,
): Promise<T> => withData(configurationOf(terminal, options), terminal.ports, `parlance ${name}`, use);

/** Prints a result: as one JSON line, or as lines for people. */
export const print = (terminal: Terminal, { json }: CommonOptions, value: unknown, lines: readonly string[]): void => {
  if (json === true) terminal.out(JSON.stringify(value));
  else for (const line of lines) terminal.out(line);
};
