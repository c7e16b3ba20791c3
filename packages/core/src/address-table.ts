// The communication address table: one row per session, for XMPP sessions, SIP bindings and direct endpoints alike (DESIGN §2).
import type { Address, SessionId } from './ids.ts';
import type { Session } from './session.ts';

const none: readonly Session[] = [];

/** Rows by address. Look-ups are one map read; an address with no session has no entry. */
export class AddressTable {
  readonly #rows = new Map<Address, readonly Session[]>();
  readonly #byId = new Map<SessionId, Session>();

  add(session: Session): void {
    const address = session.account.address;
    this.#rows.set(address, [...this.sessions(address), session]);
    this.#byId.set(session.id, session);
  }

  remove(session: Session): void {
    const address = session.account.address;
    const left = this.sessions(address).filter((row) => row !== session);
    if (left.length === 0) this.#rows.delete(address);
    else this.#rows.set(address, left);
    if (this.#byId.get(session.id) === session) this.#byId.delete(session.id);
  }

  /** All sessions bound to an address, in the order of binding. */
  sessions(address: Address): readonly Session[] {
    return this.#rows.get(address) ?? none;
  }

  /** The session with this label, if bound. */
  find(address: Address, label: string): Session | undefined {
    return this.sessions(address).find((row) => row.label === label);
  }

  byId(id: SessionId): Session | undefined {
    return this.#byId.get(id);
  }

  /** Every row, account by account. */
  *all(): Iterable<Session> {
    for (const rows of this.#rows.values()) yield* rows;
  }

  get size(): number {
    return this.#byId.size;
  }
}
