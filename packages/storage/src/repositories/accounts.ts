// Accounts, their addresses and what views are made of (ADR 0001, 0006).
import { Account, type AccountView, type ArchivePolicy, emptyView } from '@parlance/core/account';
import type { Contact } from '@parlance/core/contact';
import { ha1Kind } from '@parlance/core/ha1';
import {
  type AccountId,
  type Address,
  addressOf,
  domainOf,
  firstSequence,
  localOf,
  type Sequence,
} from '@parlance/core/ids';
import { lookOf, looksBeside } from '@parlance/core/look-alikes';
import type { AccountStore, AccountSummary, NewAccount, Write } from '@parlance/core/store';
import type { Driver, Row, Statement } from '../driver.ts';
import { toContact } from './contacts.ts';
import { asWrite, leave } from './mailbox.ts';

/** How an archive preference is stored. */
interface StoredPolicy {
  readonly byDefault: ArchivePolicy['byDefault'];
  readonly always: readonly string[];
  readonly never: readonly string[];
}

const marks = (count: number): string => Array.from({ length: count }, () => '?').join(', ');

export class Accounts implements AccountStore {
  readonly #driver: Driver;
  #highest: Promise<number> | undefined;
  #given = 0;

  constructor(driver: Driver) {
    this.#driver = driver;
  }

  async load(addresses: readonly Address[]): Promise<readonly Account[]> {
    const rows = (await Promise.all(addresses.map((address) => this.#driver.read(findLive(address))))).flat();
    if (rows.length === 0) return [];
    const ids = rows.map((row) => Number(row['id']));
    const [contacts, blocks, waiting] = await Promise.all([
      this.#driver.read({ sql: `SELECT * FROM contact WHERE account IN (${marks(ids.length)})`, parameters: ids }),
      this.#driver.read({ sql: `SELECT * FROM block WHERE account IN (${marks(ids.length)})`, parameters: ids }),
      this.#driver.read({ sql: `${selectWaiting} (${marks(ids.length)})`, parameters: ids }),
    ]);
    return rows.map((row) => build(row, contacts, blocks, waiting));
  }

  setArchivePolicy(account: AccountId, policy: ArchivePolicy): Write {
    return asWrite({ sql: 'UPDATE account SET archive = ? WHERE id = ?', parameters: [fromPolicy(policy), account] });
  }

  async create({ address, ...account }: NewAccount): Promise<{ id: AccountId; writes: Write[] }> {
    const { id, write } = await this.createWithoutAddress(account);
    return { id, writes: [write, this.assignAddress(id, address, account.created)] };
  }

  async createWithoutAddress({ role, created }: Omit<NewAccount, 'address'>): Promise<{ id: AccountId; write: Write }> {
    const id = await this.#takeId();
    return {
      id,
      write: asWrite({ sql: insertAccount, parameters: [id, created, role, fromPolicy(emptyView.archive)] }),
    };
  }

  async withoutAddress(): Promise<readonly AccountId[]> {
    const rows = await this.#driver.read({ sql: selectWithoutAddress, parameters: [] });
    return rows.map((row) => row['id'] as AccountId);
  }

  assignAddress(account: AccountId, address: Address, since: number): Write {
    const row = [domainOf(address), localOf(address), account, since, lookOf(localOf(address))];
    return asWrite({ sql: insertAddress, parameters: row });
  }

  async resembling(address: Address): Promise<Address | undefined> {
    const [domain, looks] = [domainOf(address), looksBeside(localOf(address))];
    for (const look of looks) {
      const [row] = await this.#driver.read({ sql: selectLook, parameters: [domain, look] });
      if (row !== undefined) return addressOf(String(row['local']), domain);
    }
    return undefined;
  }

  remove(account: AccountId, time: number): Write[] {
    const statements: Statement[] = [
      { sql: 'UPDATE address SET until = ? WHERE account = ? AND until IS NULL', parameters: [time, account] },
      { sql: 'UPDATE account SET removed = ? WHERE id = ?', parameters: [time, account] },
      ...personal.map((table) => ({ sql: `DELETE FROM ${table} WHERE account = ?`, parameters: [account] })),
    ];
    return [...leave('account = ?', [account]), ...statements.map(asWrite)];
  }

  disown(address: Address): Write[] {
    return disownings.map((sql) => asWrite({ sql, parameters: [address] }));
  }

  setRole(account: AccountId, role: AccountView['role']): Write {
    return asWrite({ sql: 'UPDATE account SET role = ? WHERE id = ?', parameters: [role, account] });
  }

  setSuspended(account: AccountId, suspended: boolean): Write {
    return asWrite({ sql: 'UPDATE account SET suspended = ? WHERE id = ?', parameters: [suspended ? 1 : 0, account] });
  }

  async list(domain: string, after: string, limit: number): Promise<readonly AccountSummary[]> {
    const rows = await this.#driver.read({ sql: selectSummaries, parameters: [domain, after, limit] });
    return rows.map((row) => ({
      address: toAddress(row),
      role: toRole(row),
      created: Number(row['created']),
      suspended: row['suspended'] === 1,
      phone: Number(row['phone']) > 0,
    }));
  }

  /** One above the highest number ever given: rows of accounts are never deleted, so that none is given twice. */
  async #takeId(): Promise<AccountId> {
    this.#highest ??= this.#driver
      .read({ sql: 'SELECT MAX(id) AS top FROM account', parameters: [] })
      .then(([row]) => Number(row?.['top'] ?? 0));
    const highest = await this.#highest;
    this.#given = Math.max(this.#given, highest) + 1;
    return this.#given as AccountId;
  }
}

/** Archiving everything, until its owner says otherwise (XEP-0313 §6). */
const insertAccount =
  'INSERT INTO account (id, created, role, suspended, roster_version, archive) VALUES (?, ?, ?, 0, 0, ?)';
const insertAddress = 'INSERT INTO address (domain, local, account, since, look) VALUES (?, ?, ?, ?, ?)';

/** Tables whose rows belong to one account alone. */
const personal = [
  'credential',
  'device',
  'archive_size',
  'conversation',
  'stream',
  'binding',
  'device_cursor',
  'contact',
  'document',
  'block',
  'node_item',
  'node_party',
  'node',
];

const tied = `address = ? AND (permission <> 'none' OR interest <> 'none' OR approved = 1)`;

const disownings = [
  'DELETE FROM node_party WHERE address = ?',
  'DELETE FROM contact WHERE address = ? AND listed = 0',
  `UPDATE account SET roster_version = roster_version + 1 WHERE id IN (SELECT account FROM contact WHERE ${tied})`,
  `UPDATE contact SET permission = 'none', interest = 'none', approved = 0, request = '',
    version = (SELECT roster_version FROM account WHERE account.id = contact.account) WHERE ${tied}`,
];

const selectSummaries = `SELECT address.domain, address.local, account.role, account.created, account.suspended,
  (SELECT COUNT(*) FROM credential WHERE credential.account = account.id AND credential.kind = '${ha1Kind}') AS phone
  FROM address JOIN account ON account.id = address.account
  WHERE address.domain = ? AND address.until IS NULL AND address.local > ? ORDER BY address.local LIMIT ?`;

const selectWithoutAddress = `SELECT id FROM account WHERE removed IS NULL
  AND NOT EXISTS (SELECT 1 FROM address WHERE address.account = account.id)`;

/** From the index of waiting entries alone; `pending = 1` as the index says it. */
const selectWaiting = 'SELECT account, sequence FROM entry WHERE pending = 1 AND account IN';

const selectLook = 'SELECT local FROM address WHERE domain = ? AND look = ? AND until IS NULL LIMIT 1';

const toAddress = (row: Row): Address => addressOf(String(row['local']), String(row['domain']));

const toRole = (row: Row): AccountView['role'] => (row['role'] === 'admin' ? 'admin' : 'user');

const findLive = (address: Address): Statement => ({
  sql: `SELECT account.*, address.domain, address.local FROM address JOIN account ON account.id = address.account
    WHERE address.domain = ? AND address.local = ? AND address.until IS NULL`,
  parameters: [domainOf(address), localOf(address)],
});

const build = (row: Row, contacts: readonly Row[], blocks: readonly Row[], waiting: readonly Row[]): Account => {
  const id = Number(row['id']);
  const own = (r: Row): boolean => r['account'] === id;
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
    rosterRemoval: Number(row['roster_removal']),
    role: toRole(row),
  };
  const next = Math.max(Number(row['reserved']), firstSequence) as Sequence;
  const places = waiting.filter(own).map((r) => Number(r['sequence']) as Sequence);
  return new Account(id as AccountId, toAddress(row), view, next, row['suspended'] === 1, places);
};

const toPolicy = (stored: string): ArchivePolicy => {
  const { byDefault, always, never } = JSON.parse(stored) as StoredPolicy;
  return { byDefault, always: new Set(always), never: new Set(never) };
};

/** The stored form of an archive preference. */
const fromPolicy = ({ byDefault, always, never }: ArchivePolicy): string =>
  JSON.stringify({ byDefault, always: [...always], never: [...never] } satisfies StoredPolicy);
