// Publish-subscribe nodes of accounts and their items, ordered by latest publication (XEP-0060, XEP-0163).
import type { AccountId } from '@parlance/core/ids';
import type { ItemPlace, NodeItem, NodeParty, NodeStore, StoredNode, Write } from '@parlance/core/store';
import type { Driver, Row, SqlValue } from '../driver.ts';
import { asWrite } from './mailbox.ts';

const upsertNode = `INSERT INTO node (account, name, config) VALUES (?, ?, ?)
  ON CONFLICT (account, name) DO UPDATE SET config = excluded.config`;

const upsertItem = `INSERT INTO node_item (account, node, id, publisher, time, payload, place)
  VALUES (?, ?, ?, ?, ?, ?, (SELECT COALESCE(MAX(place), 0) + 1 FROM node_item WHERE account = ? AND node = ?))
  ON CONFLICT (account, node, id) DO UPDATE SET publisher = excluded.publisher, time = excluded.time,
    payload = excluded.payload, place = excluded.place`;

/** The newest item that must leave has exactly `keep` newer ones; it leaves with all that are older. */
const trimItems = `DELETE FROM node_item WHERE account = ? AND node = ? AND place <=
  (SELECT place FROM node_item WHERE account = ? AND node = ? ORDER BY place DESC LIMIT 1 OFFSET ?)`;

/** Names in one IN list: a fixed number, so that there is one statement; short lists repeat their last name. */
const listed = 16;
const marks = Array.from({ length: listed }, () => '?').join(', ');

const selectNamed = `SELECT * FROM node_item WHERE account = ? AND node = ? AND id IN (${marks})`;
const selectNewest = `SELECT * FROM node_item WHERE account = ? AND node IN (${marks}) AND place =
  (SELECT MAX(place) FROM node_item AS other WHERE other.account = node_item.account AND other.node = node_item.node)`;

export class Nodes implements NodeStore {
  readonly #driver: Driver;

  constructor(driver: Driver) {
    this.#driver = driver;
  }

  async nodes(account: AccountId): Promise<readonly StoredNode[]> {
    const sql = 'SELECT name, config FROM node WHERE account = ? ORDER BY name';
    const [rows, joined] = await Promise.all([
      this.#driver.read({ sql, parameters: [account] }),
      this.#driver.read({
        sql: 'SELECT * FROM node_party WHERE account = ? ORDER BY node, jid',
        parameters: [account],
      }),
    ]);
    const parties = new Map<string, NodeParty[]>(rows.map((row) => [String(row['name']), []]));
    for (const row of joined) parties.get(String(row['node']))?.push(toParty(row));
    return rows.map((row) => {
      const name = String(row['name']);
      return { name, config: String(row['config']), parties: parties.get(name) ?? [] };
    });
  }

  put(account: AccountId, { name, config }: Pick<StoredNode, 'name' | 'config'>): Write {
    return asWrite({ sql: upsertNode, parameters: [account, name, config] });
  }

  join(account: AccountId, node: string, { role, jid, address }: NodeParty): Write {
    const sql =
      'INSERT INTO node_party (account, node, jid, role, address) VALUES (?, ?, ?, ?, ?) ON CONFLICT DO NOTHING';
    return asWrite({ sql, parameters: [account, node, jid, role, address] });
  }

  leave(account: AccountId, node: string, { role, jid }: NodeParty): Write {
    const sql = 'DELETE FROM node_party WHERE account = ? AND node = ? AND jid = ? AND role = ?';
    return asWrite({ sql, parameters: [account, node, jid, role] });
  }

  disown(address: string): Write {
    return asWrite({ sql: 'DELETE FROM node_party WHERE address = ?', parameters: [address] });
  }

  remove(account: AccountId, node: string): Write[] {
    const parameters = [account, node];
    return [
      this.purge(account, node),
      asWrite({ sql: 'DELETE FROM node_party WHERE account = ? AND node = ?', parameters }),
      asWrite({ sql: 'DELETE FROM node WHERE account = ? AND name = ?', parameters }),
    ];
  }

  publish(account: AccountId, node: string, { id, publisher, time, payload }: NodeItem, keep: number): Write[] {
    const parameters = [account, node, id, publisher, time, payload, account, node];
    return [asWrite({ sql: upsertItem, parameters }), this.trim(account, node, keep)];
  }

  trim(account: AccountId, node: string, keep: number): Write {
    return asWrite({ sql: trimItems, parameters: [account, node, account, node, keep] });
  }

  retract(account: AccountId, node: string, id: string): Write {
    const sql = 'DELETE FROM node_item WHERE account = ? AND node = ? AND id = ?';
    return asWrite({ sql, parameters: [account, node, id] });
  }

  purge(account: AccountId, node: string): Write {
    return asWrite({ sql: 'DELETE FROM node_item WHERE account = ? AND node = ?', parameters: [account, node] });
  }

  async places(account: AccountId, node: string): Promise<readonly ItemPlace[]> {
    const sql =
      'SELECT id, place, LENGTH(payload) AS size FROM node_item WHERE account = ? AND node = ? ORDER BY place';
    const rows = await this.#driver.read({ sql, parameters: [account, node] });
    return rows.map((row) => ({ id: String(row['id']), place: Number(row['place']), size: Number(row['size']) }));
  }

  async between(account: AccountId, node: string, first: number, last: number): Promise<readonly NodeItem[]> {
    const sql = 'SELECT * FROM node_item WHERE account = ? AND node = ? AND place BETWEEN ? AND ? ORDER BY place';
    return (await this.#driver.read({ sql, parameters: [account, node, first, last] })).map(toItem);
  }

  async named(account: AccountId, node: string, ids: readonly string[]): Promise<readonly NodeItem[]> {
    const rows = await this.#inLists(selectNamed, [account, node], ids);
    return rows.toSorted((a, b) => Number(a['place']) - Number(b['place'])).map(toItem);
  }

  async newest(account: AccountId, nodes: readonly string[]): Promise<ReadonlyMap<string, NodeItem>> {
    const rows = await this.#inLists(selectNewest, [account], nodes);
    return new Map(rows.map((row) => [String(row['node']), toItem(row)]));
  }

  async #inLists(sql: string, before: readonly SqlValue[], names: readonly string[]): Promise<readonly Row[]> {
    const lists: (readonly string[])[] = [];
    for (let at = 0; at < names.length; at += listed) lists.push(names.slice(at, at + listed));
    const read = (list: readonly string[]): Promise<readonly Row[]> => {
      const padding = Array.from({ length: listed - list.length }, () => list.at(-1) ?? '');
      return this.#driver.read({ sql, parameters: [...before, ...list, ...padding] });
    };
    return (await Promise.all(lists.map(read))).flat();
  }
}

const toParty = (row: Row): NodeParty => ({
  role: row['role'] as NodeParty['role'],
  jid: String(row['jid']),
  address: String(row['address']),
});

const toItem = (row: Row): NodeItem => ({
  id: String(row['id']),
  publisher: String(row['publisher']),
  time: Number(row['time']),
  payload: String(row['payload']),
});
