// Accounts, their addresses and what views are made of (ADR 0001, 0006).
import { Account, type AccountView, type ArchivePolicy } from '@parlance/core/account';
import type { Contact } from '@parlance/core/contact';
import { type AccountId, type Address, domainOf, firstSequence, localOf, type Sequence } from '@parlance/core/ids';
import type { AccountStore, Write } from '@parlance/core/store';
import type { Driver, Row, Statement } from '../driver.ts';
import { toContact } from './contacts.ts';
import { asWrite } from './mailbox.ts';

/** How an archive preference is stored. */
interface StoredPolicy {
  readonly byDefault: ArchivePolicy['byDefault'];
  readonly always: readonly string[];
  readonly never: readonly string[];
}

const marks = (count: number): string => Array.from({ length: count }, () => '?').join(', ');

export class Accounts implements AccountStore {
  readonly #driver: Driver;

  constructor(driver: Driver) {
    this.#driver = driver;
  }

  async load(addresses: readonly Address[]): Promise<readonly Account[]> {
    const rows = (await Promise.all(addresses.map((address) => this.#driver.read(findLive(address))))).flat();
    if (rows.length === 0) return [];
    const ids = rows.map((row) => Number(row['id']));
    const [contacts, blocks, heads] = await Promise.all([
      this.#driver.read({ sql: `SELECT * FROM contact WHERE account IN (${marks(ids.length)})`, parameters: ids }),
      this.#driver.read({ sql: `SELECT * FROM block WHERE account IN (${marks(ids.length)})`, parameters: ids }),
      this.#driver.read({
        sql: `SELECT account, MAX(sequence) AS head FROM entry WHERE account IN (${marks(ids.length)}) GROUP BY account`,
        parameters: ids,
      }),
    ]);
    return rows.map((row) => build(row, contacts, blocks, heads));
  }

  setArchivePolicy(account: AccountId, policy: ArchivePolicy): Write {
    return asWrite({ sql: 'UPDATE account SET archive = ? WHERE id = ?', parameters: [fromPolicy(policy), account] });
  }
}

const findLive = (address: Address): Statement => ({
  sql: `SELECT account.*, address.domain, address.local FROM address JOIN account ON account.id = address.account
    WHERE address.domain = ? AND address.local = ? AND address.until IS NULL`,
  parameters: [domainOf(address), localOf(address)],
});

const build = (row: Row, contacts: readonly Row[], blocks: readonly Row[], heads: readonly Row[]): Account => {
  const id = Number(row['id']);
  const own = (r: Row): boolean => r['account'] === id;
  const head = heads.find(own)?.['head'];
  const view: AccountView = {
    contacts: new Map(
      contacts
        .filter(own)
        .map(toContact)
        .map((contact): [string, Contact] => [contact.address, contact]),
    ),
    blocked: new Set(blocks.filter(own).map((r) => String(r['pattern']))),
    archive: toPolicy(String(row['archive'])),
    rosterVersion: Number(row['roster_version']),
    role: row['role'] === 'admin' ? 'admin' : 'user',
  };
  const next = typeof head === 'number' ? ((head + 1) as Sequence) : firstSequence;
  return new Account(id as AccountId, `${String(row['local'])}@${String(row['domain'])}` as Address, view, next);
};

const toPolicy = (stored: string): ArchivePolicy => {
  const { byDefault, always, never } = JSON.parse(stored) as StoredPolicy;
  return { byDefault, always: new Set(always), never: new Set(never) };
};

/** The stored form of an archive preference. */
export const fromPolicy = ({ byDefault, always, never }: ArchivePolicy): string =>
  JSON.stringify({ byDefault, always: [...always], never: [...never] } satisfies StoredPolicy);
