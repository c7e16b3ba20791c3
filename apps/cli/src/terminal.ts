// The process as commands see it, and what they share: help in the person's language, output as JSON lines.
import { Command } from 'commander';
import type { Texts } from './texts/en.ts';

export interface Terminal {
  readonly texts: Texts;
  readonly input: NodeJS.ReadStream;
  /** One JSON object a line (CONTRACT, The script client). */
  print(event: Readonly<Record<string, unknown>>): void;
  /** One line for a person. */
  complain(line: string): void;
  /** Settles when the person interrupts. */
  readonly interrupted: Promise<void>;
}

/** An error for people: one line on standard error. */
export class CommandFailed extends Error {
  override readonly name = 'CommandFailed';
}

/** A command with its description and help. `path` is its name with that of its parent. */
export const command = (terminal: Terminal, path: keyof Texts['commands']): Command => {
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

/** Reads an option that is a number above zero. Throws CommandFailed. */
export const positive =
  (terminal: Terminal) =>
  (text: string): number => {
    if (!/^[1-9]\d{0,8}$/.test(text)) throw new CommandFailed(terminal.texts.notNumber(text));
    return Number(text);
  };
