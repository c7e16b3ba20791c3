// Who is there, for both protocols: one line for each session or publication, and how an account's lines become one (ADR 0007).
import { HookPoint } from '@parlance/base/hook';
import type { Account } from './account.ts';
import type { Address, Protocol } from './ids.ts';
import type { Availability } from './session.ts';

/** What presence comes from: an XMPP session, a SIP binding, or what a phone has published. Known by identity. */
export interface PresenceSource {
  readonly account: Account;
  /** XMPP resource, or name of the phone. */
  readonly label: string;
  readonly protocol: Protocol;
}

/** What one source says of itself. A source that is not there has none. */
export interface PresenceLine extends Availability {
  /** What the person says, '' for nothing. */
  readonly note: string;
  /** Words of RFC 4480 §3.2, where the source has some: `on-the-phone`, `meeting`. */
  readonly activities: readonly string[];
  /** Milliseconds since 1970: so long it has been so. */
  readonly since: number;
}

export interface Present {
  readonly source: PresenceSource;
  readonly line: PresenceLine;
}

/** A line is there, has changed, or (undefined) is there no more. */
export interface PresenceNews {
  readonly source: PresenceSource;
  readonly line: PresenceLine | undefined;
}

const nobody: readonly Present[] = [];

/** The lines of all accounts. Synchronous; an address of which nothing is known has no entry. */
export class Board {
  /** After the line is on the board, or off it. */
  readonly onChange = new HookPoint<PresenceNews>('presence');
  readonly #lines = new Map<Address, readonly Present[]>();

  /** The lines of an address, in the order in which their sources came. */
  of(address: Address): readonly Present[] {
    return this.#lines.get(address) ?? nobody;
  }

  /** Addresses that have lines. */
  get size(): number {
    return this.#lines.size;
  }

  /** Says what a source says now. Nobody is told when it says the same as before; then it stays as old as it was. */
  set(source: PresenceSource, line: PresenceLine): void {
    const { address } = source.account;
    const lines = this.of(address);
    const at = lines.findIndex((each) => each.source === source);
    const before = lines[at];
    if (before !== undefined && sameLine(before.line, line)) return;
    this.#lines.set(address, before === undefined ? [...lines, { source, line }] : lines.with(at, { source, line }));
    this.onChange.run({ source, line });
  }

  /** The source says nothing any more. */
  clear(source: PresenceSource): void {
    const { address } = source.account;
    const lines = this.of(address);
    const left = lines.filter((each) => each.source !== source);
    if (left.length === lines.length) return;
    if (left.length === 0) this.#lines.delete(address);
    else this.#lines.set(address, left);
    this.onChange.run({ source, line: undefined });
  }
}

const sameLine = (one: PresenceLine, other: PresenceLine): boolean =>
  one.show === other.show &&
  one.priority === other.priority &&
  one.note === other.note &&
  one.activities.length === other.activities.length &&
  one.activities.every((word, at) => word === other.activities[at]);

/** From the most to the least available. */
const shows: readonly PresenceLine['show'][] = ['chat', 'online', 'dnd', 'away', 'xa'];

/** Below zero when the first speaks for its account rather than the second: priority, then availability, then news (ADR 0007). */
export const compareLines = (one: PresenceLine, other: PresenceLine): number =>
  other.priority - one.priority || shows.indexOf(one.show) - shows.indexOf(other.show) || other.since - one.since;

/** The lines, the one that speaks for the account first. */
export const ranked = (lines: readonly Present[]): readonly Present[] =>
  lines.toSorted((one, other) => compareLines(one.line, other.line));

/** What somebody is told who is told one thing: the line that speaks for the account. */
export const mergedLine = (lines: readonly PresenceLine[]): PresenceLine | undefined =>
  lines.length === 0 ? undefined : lines.reduce((best, each) => (compareLines(each, best) < 0 ? each : best));
