// What opens each account: HA1 of its own password and of its app passwords, read in the same time whoever it is, kept while it is used (SECURITY-CHECKLIST 16, 54).
import { RecentMap } from '@parlance/base/recent-map';
import { mostAppPasswords } from '@parlance/core/app-passwords';
import type { Credential } from '@parlance/core/credentials';
import { type Ha1, type Ha1Ports, ha1Credential, ha1Kind, openHa1 } from '@parlance/core/ha1';
import type { AccountId, Address, DeviceId } from '@parlance/core/ids';
import type { Stores } from '@parlance/core/store';

export interface Key {
  readonly ha1: Ha1;
  /** Undefined for the account's own password. */
  readonly device: DeviceId | undefined;
  /** False for a decoy, which opens nothing. */
  readonly real: boolean;
}

export interface KeyringParts extends Ha1Ports {
  readonly stores: Pick<Stores, 'credentials'>;
  /** Phones may use the account's own password. */
  readonly accountPassword: boolean;
}

interface Kept {
  readonly account: AccountId;
  readonly keys: readonly Key[];
}

/** Accounts whose keys are kept. */
const capacity = 10_000;

const slots = mostAppPasswords + 1;

const nobody = '@' as Address;

export class Keyrings {
  readonly #parts: KeyringParts;
  readonly #decoy: Credential;
  readonly #kept = new RecentMap<Address, Kept | null>(capacity);
  #changes = 0;

  constructor(parts: KeyringParts) {
    this.#parts = parts;
    this.#decoy = ha1Credential(parts, { address: nobody, device: '', version: 0 }, '');
  }

  /** Rises with everything that is forgotten. */
  get changes(): number {
    return this.#changes;
  }

  /** The keys of an account, when they are in memory. */
  peek(account: { readonly id: AccountId; readonly address: Address }): readonly Key[] | undefined {
    const kept = this.#kept.get(account.address);
    return kept?.account === account.id ? kept.keys : undefined;
  }

  /** Equally many keys for everybody, also where nobody lives: decoys fill up. One query, and as much to open. */
  async read(address: Address): Promise<readonly Key[]> {
    const { accountPassword, stores } = this.#parts;
    const rows = (await stores.credentials.at(address)).filter(
      ({ kind, device }) => kind === ha1Kind && (accountPassword || device !== ''),
    );
    return Array.from({ length: slots }, (_, n) => this.#key(address, rows[n]));
  }

  /** Keeps what was read while nothing changed. */
  keep(account: { readonly id: AccountId; readonly address: Address }, keys: readonly Key[]): void {
    this.#kept.set(account.address, { account: account.id, keys: keys.filter(({ real }) => real) });
  }

  /** What opens an account has changed, or it is gone. */
  forget(address: Address): void {
    this.#changes++;
    this.#kept.set(address, null);
  }

  #key(address: Address, row: Credential | undefined): Key {
    const { vault } = this.#parts;
    const ha1 = openHa1(vault, row === undefined ? nobody : address, row ?? this.#decoy);
    if (ha1 === undefined) return this.#key(nobody, undefined);
    return { ha1, device: row?.device ? (row.device as DeviceId) : undefined, real: row !== undefined };
  }
}
