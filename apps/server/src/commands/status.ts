// `parlance status`.
import type { Command } from 'commander';
import type { Status } from '../control/requests.ts';
import type { Texts } from '../texts/en.ts';
import { type CommonOptions, command, print, type Terminal, withServer } from './command.ts';
import { endpoint, moment, table } from './table.ts';

const lines = (status: Status, { status: said }: Texts): readonly string[] => {
  const { running, version, pid, since, data, domains, sessions, messages, retention, phones, listeners } = status;
  const rows = [
    [said.domains, domains.join(', ')],
    [said.data, data],
  ];
  if (!running) return [said.stopped, ...table(rows)];
  return [
    said.running(version, pid ?? 0, moment(since ?? 0)),
    ...table([
      ...rows,
      [said.sessions, String(sessions)],
      [said.messages, String(messages)],
      [said.retention, retention === null ? said.notYet : said.left(moment(retention.time), retention.left)],
      ...(phones === null ? [] : [[said.phones, said.held(phones.bindings, phones.watchers, phones.publications)]]),
      ...listeners.map((listener, n) => [n === 0 ? said.listeners : '', `${listener.name} ${endpoint(listener)}`]),
    ]),
  ];
};

export const status = (terminal: Terminal): Command =>
  command(terminal, 'status').action(async (options: CommonOptions) => {
    const found = await withServer(terminal, options, 'status', (ask) => ask('status', {}));
    print(terminal, options, found, lines(found, terminal.texts));
  });
