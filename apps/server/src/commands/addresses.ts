// `parlance addresses [ADDRESS]`: the communication address table (row 10 of the design).
import type { Command } from 'commander';
import type { AddressRow } from '../control/requests.ts';
import type { Texts } from '../texts/en.ts';
import { type CommonOptions, command, print, type Terminal, withServer } from './command.ts';
import { endpoint, moment, table } from './table.ts';

const statusOf = ({ connected, show, priority }: AddressRow, texts: Texts): string => {
  if (!connected) return texts.addresses.hibernated;
  return show === null ? texts.addresses.bound : `${show} ${priority ?? 0}`;
};

const lines = (rows: readonly AddressRow[], texts: Texts): readonly string[] =>
  table([
    texts.addresses.columns,
    ...rows.map((row) => [
      row.id,
      row.protocol,
      row.device ?? '-',
      endpoint(row.remote),
      row.node ?? '-',
      row.endpoints.map(endpoint).join(' ') || '-',
      statusOf(row, texts),
      moment(row.since),
    ]),
  ]);

export const addresses = (terminal: Terminal): Command => {
  const { texts } = terminal;
  return command(terminal, 'addresses')
    .argument('[address]', texts.arguments.addresses)
    .action(async (address: string | undefined, options: CommonOptions) => {
      const { rows, running } = await withServer(terminal, options, 'addresses', async (ask) => ({
        rows: await ask('addresses', { address: address ?? null }),
        running: (await ask('status', {})).running,
      }));
      const nobody = running ? texts.addresses.none : texts.addresses.notRunning;
      print(terminal, options, rows, rows.length === 0 ? [nobody] : lines(rows, texts));
    });
};
