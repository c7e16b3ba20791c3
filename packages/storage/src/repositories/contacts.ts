// Contacts: one row serves roster, SIP watcher rules and permissions alike (ADR 0006).
import type { Contact, Interest, Permission } from '@parlance/core/contact';
import type { AccountId, Address } from '@parlance/core/ids';
import type { ContactStore, Write } from '@parlance/core/store';
import type { Row } from '../driver.ts';
import { asWrite } from './mailbox.ts';

const upsert = `INSERT INTO contact (account, address, permission, interest, approved, listed, name, groups, request, version)
  VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
  ON CONFLICT (account, address) DO UPDATE SET permission = excluded.permission, interest = excluded.interest, approved = excluded.approved,
    listed = excluded.listed, name = excluded.name, groups = excluded.groups, request = excluded.request, version = excluded.version`;

/** Versions only rise: a row whose change is not pushed keeps its older one. */
const setVersion = 'UPDATE account SET roster_version = ? WHERE id = ? AND roster_version < ?';

const setRemoval = 'UPDATE account SET roster_removal = ? WHERE id = ?';

export class Contacts implements ContactStore {
  put(account: AccountId, c: Contact): Write[] {
    const flags = [c.approved ? 1 : 0, c.listed ? 1 : 0];
    const row = [
      account,
      c.address,
      c.permission,
      c.interest,
      ...flags,
      c.name,
      JSON.stringify(c.groups),
      c.request,
      c.version,
    ];
    return [
      asWrite({ sql: upsert, parameters: row }),
      asWrite({ sql: setVersion, parameters: [c.version, account, c.version] }),
    ];
  }

  remove(account: AccountId, address: Address, version: number): Write[] {
    return [
      asWrite({ sql: 'DELETE FROM contact WHERE account = ? AND address = ?', parameters: [account, address] }),
      asWrite({ sql: setVersion, parameters: [version, account, version] }),
    ];
  }

  delisted(account: AccountId, version: number): Write {
    return asWrite({ sql: setRemoval, parameters: [version, account] });
  }
}

/** A row as the core knows it. */
export const toContact = (row: Row): Contact => ({
  address: row['address'] as Address,
  permission: row['permission'] as Permission,
  interest: row['interest'] as Interest,
  approved: row['approved'] === 1,
  listed: row['listed'] === 1,
  name: String(row['name']),
  groups: JSON.parse(String(row['groups'])) as string[],
  request: String(row['request']),
  version: Number(row['version']),
});
