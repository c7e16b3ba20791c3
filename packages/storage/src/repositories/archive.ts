// Reading of archives: pages by place, narrowed by peer, time and id (ADR 0002, XEP-0313 §4). No query's work grows with the archive.
import type { AccountId, Sequence } from '@parlance/core/ids';
import type { ArchiveFilter, ArchivePage, ArchiveStore } from '@parlance/core/store';
import type { Driver, Row } from '../driver.ts';
import {
  blocksBetween,
  blocksPerQuery,
  countable,
  type Range,
  selectBlocks,
  selectCount,
  selectPage,
  selectPresent,
} from './archive-statements.ts';
import { toStored } from './mailbox.ts';
import { PlaceOfTime } from './place-of-time.ts';

export class Archive implements ArchiveStore {
  readonly #driver: Driver;
  readonly #times: PlaceOfTime;

  constructor(driver: Driver) {
    this.#driver = driver;
    this.#times = new PlaceOfTime(driver);
  }

  async page(account: AccountId, filter: ArchiveFilter, limit: number, backwards: boolean): Promise<ArchivePage> {
    const range = await this.#times.narrow(account, filter);
    const rows = await this.#rows(account, filter, range, limit + 1, backwards);
    const entries = rows.slice(0, limit).map(toStored);
    return { entries: backwards ? entries.toReversed() : entries, complete: rows.length <= limit };
  }

  async count(account: AccountId, filter: ArchiveFilter): Promise<number | undefined> {
    if (filter.sequences?.length === 0) return 0;
    const range = await this.#times.narrow(account, filter);
    const [row] = await this.#driver.read(selectCount(account, filter, range));
    return Number(row?.['looked'] ?? 0) > countable ? undefined : Number(row?.['matching'] ?? 0);
  }

  async present(account: AccountId, sequences: readonly Sequence[]): Promise<ReadonlySet<Sequence>> {
    if (sequences.length === 0) return new Set();
    const rows = await this.#driver.read(selectPresent(account, sequences));
    return new Set(rows.map((row) => row['sequence'] as Sequence));
  }

  async #rows(
    account: AccountId,
    filter: ArchiveFilter,
    range: Range,
    limit: number,
    backwards: boolean,
  ): Promise<readonly Row[]> {
    const { peer, sequences } = filter;
    if (sequences?.length === 0) return [];
    if (peer !== undefined && sequences === undefined)
      return this.#conversation(account, peer, filter, range, limit, backwards);
    return this.#driver.read(selectPage(account, filter, range, limit, backwards));
  }

  /** Some blocks of the conversation at a time, until there is enough or it ends; other readers come in between. */
  async #conversation(
    account: AccountId,
    peer: string,
    filter: ArchiveFilter,
    range: Range,
    limit: number,
    backwards: boolean,
  ): Promise<readonly Row[]> {
    const found: Row[] = [];
    let { above, below } = range;
    while (below - above > 1) {
      const blocks = await this.#driver.read(selectBlocks(account, peer, { above, below }, backwards));
      if (blocks.length === 0) break;
      const part = blocksBetween({ above, below }, Number(blocks[0]?.['block']), Number(blocks.at(-1)?.['block']));
      found.push(...(await this.#driver.read(selectPage(account, filter, part, limit - found.length, backwards))));
      if (found.length >= limit || blocks.length < blocksPerQuery) break;
      if (backwards) below = part.above + 1;
      else above = part.below - 1;
    }
    return found;
  }
}
