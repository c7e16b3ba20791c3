// `parlance trace ID`: source and destination of a message, the rows found, where it went, what was answered (row 10).

import type { TraceRecord } from '@parlance/core/trace';
import type { Command } from 'commander';
import type { Texts } from '../texts/en.ts';
import { type CommonOptions, command, print, type Terminal, withServer } from './command.ts';
import { endpoint, moment, table } from './table.ts';

const full = (address: string, label: string): string => (label === '' ? address : `${address}/${label}`);

const rowsOf = (record: TraceRecord, texts: Texts): readonly (readonly string[])[] => {
  const { trace } = texts;
  const kind = `${record.protocol} ${record.kind}`;
  const source = record.source === undefined ? trace.noRow : endpoint(record.source);
  const answer = record.outcome === 'accepted' ? trace.accepted : trace.refused(record.outcome);
  return [
    [moment(record.time), trace.source, full(record.from, record.fromLabel), source, kind],
    ['', trace.destination, full(record.to, record.toLabel), '', ''],
    ...record.steps.map(({ row, remote, action, note }) => [
      '',
      action === 'answered' ? trace.answer : trace.row,
      row,
      remote === undefined ? '' : endpoint(remote),
      [trace.actions[action], note].join(' ').trim(),
    ]),
    // Of a request that passed, the answers are among its steps.
    ...(record.outcome === 'passed' ? [] : [['', trace.answer, '', '', answer]]),
  ];
};

export const trace = (terminal: Terminal): Command => {
  const { texts } = terminal;
  return command(terminal, 'trace')
    .argument('<id>', texts.arguments.id)
    .action(async (id: string, options: CommonOptions) => {
      const records = await withServer(terminal, options, 'trace', (ask) => ask('trace', { id }));
      const rows = records.flatMap((record) => rowsOf(record, texts));
      print(terminal, options, records, table([texts.trace.columns, ...rows]));
    });
};
