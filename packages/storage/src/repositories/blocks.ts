// Block lists in the database: one row for each blocked address (XEP-0191).
import type { AccountId } from '@parlance/core/ids';
import type { BlockStore, Write } from '@parlance/core/store';
import { asWrite } from './mailbox.ts';

const insert = 'INSERT INTO block (account, pattern) VALUES (?, ?) ON CONFLICT DO NOTHING';
const remove = 'DELETE FROM block WHERE account = ? AND pattern = ?';

const each = (sql: string, account: AccountId, patterns: readonly string[]): Write[] =>
  patterns.map((pattern) => asWrite({ sql, parameters: [account, pattern] }));

export class Blocks implements BlockStore {
  add(account: AccountId, patterns: readonly string[]): Write[] {
    return each(insert, account, patterns);
  }

  remove(account: AccountId, patterns: readonly string[]): Write[] {
    return each(remove, account, patterns);
  }
}
