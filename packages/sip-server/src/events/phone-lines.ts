// What phones say on the board that both protocols read: there while registered, else what they have published, in use or not (ADR 0007).
import type { Account } from '@parlance/core/account';
import type { Address } from '@parlance/core/ids';
import type { Board, PresenceLine, PresenceSource } from '@parlance/core/presence';
import type { Bindings } from '../registrar/bindings.ts';
import { lineOf, withCalls } from './line.ts';
import type { Publication, Publications } from './published.ts';

const registered = (since: number): PresenceLine => ({ show: 'online', priority: 0, note: '', activities: [], since });

export class PhoneLines {
  readonly #board: Board;
  readonly #bindings: Bindings;
  readonly #publications: Publications;
  /** One source for each phone, by its label, as long as it has a line. */
  readonly #sources = new Map<Address, Map<string, PresenceSource>>();

  constructor(board: Board, bindings: Bindings, publications: Publications) {
    this.#board = board;
    this.#bindings = bindings;
    this.#publications = publications;
    bindings.onChange.on('act', ({ binding, kind }) => {
      if (kind === 'ended') publications.endOf(binding);
      if (kind !== 'refreshed') this.#write(binding.account);
      return undefined;
    });
    publications.onChange.on('act', ({ account }) => void this.#write(account));
  }

  /** The publication that a source's line was made of. */
  published({ account, label }: PresenceSource): Publication | undefined {
    return this.#publications.of(account.address, 'presence').findLast((each) => each.label === label);
  }

  #write(account: Account): void {
    const lines = this.#lines(account);
    const sources = this.#sources.get(account.address) ?? new Map<string, PresenceSource>();
    this.#sources.set(account.address, sources);
    for (const [label, source] of [...sources]) {
      if (lines.has(label)) continue;
      sources.delete(label);
      this.#board.clear(source);
    }
    for (const [label, line] of lines) {
      const source = sources.get(label) ?? { account, label, protocol: 'sip' };
      sources.set(label, source);
      this.#board.set(source, line);
    }
    if (sources.size === 0) this.#sources.delete(account.address);
  }

  /** By label. What a phone has published stands for it: the newest, if there are several. */
  #lines(account: Account): ReadonlyMap<string, PresenceLine> {
    const lines = new Map<string, PresenceLine | undefined>();
    for (const { label, since } of this.#bindings.of(account)) lines.set(label, registered(since));
    for (const { label, document, since } of this.#publications.of(account.address, 'presence'))
      if (document !== undefined) lines.set(label, lineOf(document, since));
    const calls = this.#publications.of(account.address, 'dialog');
    const there = new Map<string, PresenceLine>();
    for (const [label, line] of lines) {
      const own = calls.flatMap((each) => (each.label === label && each.dialogs ? [each.dialogs] : []));
      if (line !== undefined) there.set(label, withCalls(line, own));
    }
    return there;
  }
}
