// Presence of the other protocol: a phone looks like one more resource of its account (RFC 8048 §6.3; ADR 0007).
import type { Account } from '@parlance/core/account';
import type { Address } from '@parlance/core/ids';
import { Board, type PresenceLine, type PresenceNews } from '@parlance/core/presence';
import type { FanOut } from './fan-out.ts';
import { gone } from './shown.ts';

/** Where both protocols say who is there, and how what the other one says looks here; made by the composition root. */
export interface Crossing {
  readonly board: Board;
  /** Presence from a full JID as text without `to`, made once for all who get it. */
  readonly toPresence: (from: string, line: PresenceLine) => string;
}

/** What presence comes from; an `XmppSession` is one. */
export interface Source {
  readonly account: Account;
  readonly label: string;
  /** Its full JID. */
  readonly jid: string;
}

export interface ForeignSource extends Source {
  /** What others see of it. */
  readonly text: string;
}

const none: readonly ForeignSource[] = [];

/** The sources that are there now, by address. */
export class ForeignSources {
  readonly #sources = new Map<Address, readonly ForeignSource[]>();

  of(address: string): readonly ForeignSource[] {
    return this.#sources.get(address as Address) ?? none;
  }

  put(source: ForeignSource): void {
    const { address } = source.account;
    this.#sources.set(address, [...this.#without(source), source]);
  }

  remove(source: Source): void {
    const { address } = source.account;
    const left = this.#without(source);
    if (left.length === 0) this.#sources.delete(address);
    else this.#sources.set(address, left);
  }

  #without({ account, label }: Source): readonly ForeignSource[] {
    return this.of(account.address).filter((each) => each.label !== label);
  }
}

/** From now on watchers hear of every change of a source that is not of this protocol. */
export const hearForeign = ({ board, toPresence }: Crossing, sources: ForeignSources, fanOut: FanOut): void => {
  board.onChange.on('act', ({ source: { account, label, protocol }, line }: PresenceNews) => {
    if (protocol === 'xmpp') return;
    const source = { account, label, jid: `${account.address}/${label}` };
    const text = line === undefined ? gone(source.jid) : toPresence(source.jid, line);
    if (line === undefined) sources.remove(source);
    else sources.put({ ...source, text });
    fanOut.broadcast(source, text);
  });
};

/** A server with nobody of another protocol. */
export const alone = (): Crossing => ({ board: new Board(), toPresence: (from) => gone(from) });
