// Credentials in the database: one row for each account, kind and device (ADR 0001).
import type { Credential, CredentialStore, Likeness } from '@parlance/core/credentials';
import { type AccountId, type Address, addressOf, domainOf, localOf } from '@parlance/core/ids';
import type { Write } from '@parlance/core/store';
import type { Driver, Row } from '../driver.ts';
import { asWrite } from './mailbox.ts';

const upsert = `INSERT INTO credential (account, kind, device, parameters, version) VALUES (?, ?, ?, ?, ?)
  ON CONFLICT (account, kind, device) DO UPDATE SET parameters = excluded.parameters, version = excluded.version`;

const select = 'SELECT kind, device, parameters, version FROM credential WHERE account = ?';

const selectAt = `SELECT kind, device, parameters, version FROM address
  JOIN credential ON credential.account = address.account
  WHERE address.domain = ? AND address.local = ? AND address.until IS NULL`;

const own = (name: string, kind: string): string =>
  `LEFT JOIN credential AS ${name} ON ${name}.account = address.account AND ${name}.kind = '${kind}' AND ${name}.device = ''`;

/** Rounds and salt show in the length of what is stored: one row for all that are as long. */
const lengths = `COALESCE(LENGTH(weak.parameters), 0), COALESCE(LENGTH(strong.parameters), 0)`;

const selectLikenesses = `SELECT address.domain, MIN(weak.parameters) AS weak, MIN(strong.parameters) AS strong FROM address
  ${own('weak', 'scram-sha-1')} ${own('strong', 'scram-sha-256')} WHERE address.until IS NULL
  GROUP BY address.domain, ${lengths} ORDER BY address.domain, ${lengths}`;

const selectHolders = `SELECT DISTINCT address.local, address.domain FROM credential
  JOIN address ON address.account = credential.account WHERE credential.kind = ? AND address.until IS NULL`;

const toCredential = (row: Row): Credential => ({
  kind: String(row['kind']),
  device: String(row['device']),
  parameters: String(row['parameters']),
  version: Number(row['version']),
});

export class Credentials implements CredentialStore {
  readonly #driver: Driver;

  constructor(driver: Driver) {
    this.#driver = driver;
  }

  async of(account: AccountId): Promise<readonly Credential[]> {
    return (await this.#driver.read({ sql: select, parameters: [account] })).map(toCredential);
  }

  async at(address: Address): Promise<readonly Credential[]> {
    const parameters = [domainOf(address), localOf(address)];
    return (await this.#driver.read({ sql: selectAt, parameters })).map(toCredential);
  }

  async likenesses(): Promise<readonly Likeness[]> {
    const rows = await this.#driver.read({ sql: selectLikenesses, parameters: [] });
    const stored = (value: unknown): string => (typeof value === 'string' ? value : '{}');
    return rows.map(({ domain, weak, strong }) => ({
      domain: String(domain),
      stored: { 'SHA-1': stored(weak), 'SHA-256': stored(strong) },
    }));
  }

  put(account: AccountId, { kind, device, parameters, version }: Credential): Write {
    return asWrite({ sql: upsert, parameters: [account, kind, device, parameters, version] });
  }

  remove(account: AccountId, kind: string, device: string): Write {
    const sql = 'DELETE FROM credential WHERE account = ? AND kind = ? AND device = ?';
    return asWrite({ sql, parameters: [account, kind, device] });
  }

  async holders(kind: string): Promise<readonly Address[]> {
    const rows = await this.#driver.read({ sql: selectHolders, parameters: [kind] });
    return rows.map((row) => addressOf(String(row['local']), String(row['domain'])));
  }
}
