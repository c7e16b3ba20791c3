// From time to place: where in a mailbox a moment lies, found by halving, so that time filters need no index of their own (ADR 0002).
import type { AccountId } from '@parlance/core/ids';
import type { ArchiveFilter } from '@parlance/core/store';
import type { Driver, Statement } from '../driver.ts';
import type { Range } from './archive-statements.ts';

/** How far a clock may have been set back between two messages, in milliseconds; what is nearer is found by exact comparison. */
const slack = 3_600_000;

/** Places that are not worth halving any more. */
const near = 256;

const selectEnds = 'SELECT MIN(sequence) AS low, MAX(sequence) AS high FROM entry WHERE account = ?';

const selectNext = (account: AccountId, from: number): Statement => ({
  sql: `SELECT entry.sequence, message.time FROM entry JOIN message ON message.id = entry.message
    WHERE entry.account = ? AND entry.sequence >= ? ORDER BY entry.sequence LIMIT 1`,
  parameters: [account, from],
});

export class PlaceOfTime {
  readonly #driver: Driver;

  constructor(driver: Driver) {
    this.#driver = driver;
  }

  /** The places outside of which nothing can match the filter's time and id limits. At most 64 small queries. */
  async narrow(account: AccountId, { start, end, after, before }: ArchiveFilter): Promise<Range> {
    const asked: Range = { above: after ?? -1, below: before ?? Number.MAX_SAFE_INTEGER };
    if (start === undefined && end === undefined) return asked;
    const [row] = await this.#driver.read({ sql: selectEnds, parameters: [account] });
    const ends: Range = { above: Number(row?.['low'] ?? 0) - 1, below: Number(row?.['high'] ?? 0) + 1 };
    const above = start === undefined ? ends.above : (await this.#find(account, ends, start - slack)).above;
    const below = end === undefined ? ends.below : (await this.#find(account, ends, end + slack)).below;
    return { above: Math.max(asked.above, above), below: Math.min(asked.below, below) };
  }

  /** Two places near each other: all before the first are earlier than `time`, all from the second on are not. */
  async #find(account: AccountId, ends: Range, time: number): Promise<Range> {
    let { above, below } = ends;
    while (below - above > near) {
      const middle = above + Math.ceil((below - above) / 2);
      const [row] = await this.#driver.read(selectNext(account, middle));
      if (row !== undefined && Number(row['time']) < time) above = Number(row['sequence']);
      else below = middle;
    }
    return { above, below };
  }
}
