// The queries of the archive. Their texts are a small, fixed set, so that drivers keep them prepared (ADR 0002).
import type { AccountId, Sequence } from '@parlance/core/ids';
import type { ArchiveFilter } from '@parlance/core/store';
import type { SqlValue, Statement } from '../driver.ts';
import { blockSize, entryColumns } from './mailbox.ts';

/** Blocks of the conversation index that one query touches at most: 16,384 entries. */
export const blocksPerQuery = 64;

/** Entries that a count looks at before it gives up. */
export const countable = 100_000;

/** Places between two others, both exclusive. */
export interface Range {
  readonly above: number;
  readonly below: number;
}

/** Part of a statement: text with place-holders, and their values. */
interface Clause {
  readonly sql: string;
  readonly parameters: readonly SqlValue[];
}

const and = (clauses: readonly Clause[]): Clause => ({
  sql: clauses.map(({ sql }) => sql).join(' AND '),
  parameters: clauses.flatMap(({ parameters }) => parameters),
});

const direction = (backwards: boolean): string => (backwards ? 'DESC' : 'ASC');

const blockOf = (sequence: number): number => Math.floor(sequence / blockSize);

/** The entries of a range, or those of the blocks of a conversation; `CROSS JOIN` keeps the order in which they are read. */
const source = (account: AccountId, peer: string | undefined, { above, below }: Range): Clause =>
  peer === undefined
    ? {
        sql: `entry CROSS JOIN message WHERE message.id = entry.message AND entry.account = ? AND entry.sequence > ? AND entry.sequence < ?`,
        parameters: [account, above, below],
      }
    : {
        sql: `conversation CROSS JOIN entry CROSS JOIN message WHERE conversation.account = ? AND conversation.peer = ?
          AND conversation.block BETWEEN ? AND ? AND entry.account = conversation.account
          AND entry.sequence >= conversation.block * ${blockSize} AND entry.sequence < (conversation.block + 1) * ${blockSize}
          AND entry.sequence > ? AND entry.sequence < ? AND message.id = entry.message`,
        parameters: [account, peer, blockOf(above), blockOf(below), above, below],
      };

/** A list of places; filled up to a power of two with its last, so that there are few texts. */
const places = (sequences: readonly Sequence[]): Clause => {
  const size = 2 ** Math.ceil(Math.log2(sequences.length));
  const parameters = Array.from({ length: size }, (_, index) => sequences[Math.min(index, sequences.length - 1)] ?? 0);
  return { sql: `entry.sequence IN (${parameters.map(() => '?').join(', ')})`, parameters };
};

/** The conditions of a filter that are no places. */
const condition = ({ peer, label, start, end, sequences }: ArchiveFilter): Clause => {
  const clauses: Clause[] = [{ sql: 'entry.archived = 1', parameters: [] }];
  if (peer !== undefined) clauses.push({ sql: 'entry.peer = ?', parameters: [peer] });
  if (peer !== undefined && label !== undefined) {
    const full = `${peer}/${label}`;
    clauses.push({ sql: '(message.sender = ? OR message.recipient = ?)', parameters: [full, full] });
  }
  if (start !== undefined) clauses.push({ sql: 'message.time >= ?', parameters: [start] });
  if (end !== undefined) clauses.push({ sql: 'message.time <= ?', parameters: [end] });
  if (sequences !== undefined) clauses.push(places(sequences));
  return and(clauses);
};

/** Up to `limit` matching entries of a range, in the order asked for. With a peer, at most `blocksPerQuery` blocks of it. */
export const selectPage = (
  account: AccountId,
  filter: ArchiveFilter,
  range: Range,
  limit: number,
  backwards: boolean,
): Statement => {
  const peer = filter.sequences === undefined ? filter.peer : undefined;
  const { sql, parameters } = and([source(account, peer, range), condition(filter)]);
  const order = `${peer === undefined ? '' : `conversation.block ${direction(backwards)}, `}entry.sequence ${direction(backwards)}`;
  return { sql: `SELECT ${entryColumns} FROM ${sql} ORDER BY ${order} LIMIT ?`, parameters: [...parameters, limit] };
};

/** The next blocks in which a range has entries with a peer. */
export const selectBlocks = (
  account: AccountId,
  peer: string,
  { above, below }: Range,
  backwards: boolean,
): Statement => ({
  sql: `SELECT block FROM conversation WHERE account = ? AND peer = ? AND block BETWEEN ? AND ?
    ORDER BY block ${direction(backwards)} LIMIT ${blocksPerQuery}`,
  parameters: [account, peer, blockOf(above), blockOf(below)],
});

/** How many entries were looked at, and how many of them match. */
export const selectCount = (account: AccountId, filter: ArchiveFilter, range: Range): Statement => {
  const from = source(account, filter.peer, range);
  const match = condition(filter);
  const candidates = `SELECT CASE WHEN ${match.sql} THEN 1 ELSE 0 END AS matches FROM ${from.sql} LIMIT ${countable + 1}`;
  return {
    sql: `SELECT COUNT(*) AS looked, COALESCE(SUM(matches), 0) AS matching FROM (${candidates}) AS candidate`,
    parameters: [...match.parameters, ...from.parameters],
  };
};

/** Those of some places that are in the archive. */
export const selectPresent = (account: AccountId, sequences: readonly Sequence[]): Statement => {
  const { sql, parameters } = places(sequences);
  return {
    sql: `SELECT sequence FROM entry WHERE account = ? AND archived = 1 AND ${sql}`,
    parameters: [account, ...parameters],
  };
};

/** The blocks of a range, from the lower to the higher of two. */
export const blocksBetween = ({ above, below }: Range, one: number, other: number): Range => ({
  above: Math.max(above, Math.min(one, other) * blockSize - 1),
  below: Math.min(below, (Math.max(one, other) + 1) * blockSize),
});
