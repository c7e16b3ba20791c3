// The first schema: accounts, addresses, credentials, devices, mailbox, streams, bindings, contacts, blocks, nodes (ADR 0001, 0002, 0006).

/** The four words in which the databases differ. */
export interface Dialect {
  readonly blob: string;
  /** A key given by the database, never reused. */
  readonly serial: string;
  /** The type of a single-column integer key given by us. */
  readonly key: string;
  /** Stores a table's rows in the order of its key, where the database can. */
  readonly clustered: string;
}

export const sqliteDialect: Dialect = {
  blob: 'BLOB',
  serial: 'INTEGER PRIMARY KEY AUTOINCREMENT',
  key: 'INTEGER',
  clustered: ' WITHOUT ROWID',
};

/** The statements, in order. Forward only. */
export const house = ({ blob, serial, key, clustered }: Dialect): readonly string[] => [
  `CREATE TABLE account (id ${serial}, created BIGINT NOT NULL, removed BIGINT, role TEXT NOT NULL, suspended INTEGER NOT NULL,
     roster_version BIGINT NOT NULL, roster_removal BIGINT NOT NULL DEFAULT 0, archive TEXT NOT NULL,
     reserved BIGINT NOT NULL DEFAULT 0)`,
  `CREATE TABLE address (domain TEXT NOT NULL, local TEXT NOT NULL, account BIGINT NOT NULL REFERENCES account(id), since BIGINT NOT NULL,
     until BIGINT, look TEXT NOT NULL, PRIMARY KEY (domain, local, account))${clustered}`,
  'CREATE UNIQUE INDEX address_live ON address (domain, local) WHERE until IS NULL',
  'CREATE INDEX address_account ON address (account)',
  'CREATE INDEX address_look ON address (domain, look, until)',
  `CREATE TABLE credential (account BIGINT NOT NULL REFERENCES account(id), kind TEXT NOT NULL, device TEXT NOT NULL,
     parameters TEXT NOT NULL, version BIGINT NOT NULL, PRIMARY KEY (account, kind, device))${clustered}`,
  `CREATE TABLE device (account BIGINT NOT NULL REFERENCES account(id), id TEXT NOT NULL, kind TEXT NOT NULL, label TEXT NOT NULL,
     last_seen BIGINT NOT NULL, PRIMARY KEY (account, id))${clustered}`,
  `CREATE TABLE message (id ${key} PRIMARY KEY, time BIGINT NOT NULL, protocol TEXT NOT NULL, sender TEXT NOT NULL, recipient TEXT NOT NULL,
     kind TEXT NOT NULL, origin TEXT, thread TEXT, text TEXT, refers_to TEXT, payload ${blob} NOT NULL, holders INTEGER NOT NULL)`,
  `CREATE TABLE entry (account BIGINT NOT NULL, sequence BIGINT NOT NULL, message BIGINT NOT NULL, peer TEXT NOT NULL,
     direction INTEGER NOT NULL, archived INTEGER NOT NULL, pending INTEGER NOT NULL, PRIMARY KEY (account, sequence))${clustered}`,
  `CREATE TABLE conversation (account BIGINT NOT NULL, peer TEXT NOT NULL, block BIGINT NOT NULL,
     PRIMARY KEY (account, peer, block))${clustered}`,
  `CREATE TABLE archive_size (account BIGINT PRIMARY KEY, counted BIGINT NOT NULL, bytes BIGINT NOT NULL)${clustered}`,
  'CREATE INDEX entry_pending ON entry (account, sequence) WHERE pending = 1',
  `CREATE TABLE stream (id TEXT PRIMARY KEY, account BIGINT NOT NULL, label TEXT NOT NULL, expires BIGINT, received BIGINT NOT NULL,
     acknowledged BIGINT NOT NULL, queue TEXT NOT NULL, state TEXT NOT NULL)`,
  'CREATE TABLE binding (id TEXT PRIMARY KEY, account BIGINT NOT NULL, expires BIGINT NOT NULL, state TEXT NOT NULL)',
  `CREATE TABLE device_cursor (account BIGINT NOT NULL, device TEXT NOT NULL, sequence BIGINT NOT NULL, seen BIGINT NOT NULL,
     PRIMARY KEY (account, device))${clustered}`,
  `CREATE TABLE request (id TEXT PRIMARY KEY, expires BIGINT NOT NULL)${clustered}`,
  `CREATE TABLE contact (account BIGINT NOT NULL REFERENCES account(id), address TEXT NOT NULL, permission TEXT NOT NULL,
     interest TEXT NOT NULL, approved INTEGER NOT NULL, listed INTEGER NOT NULL, name TEXT NOT NULL, groups TEXT NOT NULL,
     request TEXT NOT NULL, version BIGINT NOT NULL, PRIMARY KEY (account, address))${clustered}`,
  `CREATE TABLE document (account BIGINT NOT NULL REFERENCES account(id), kind TEXT NOT NULL, name TEXT NOT NULL, value TEXT NOT NULL,
     PRIMARY KEY (account, kind, name))${clustered}`,
  `CREATE TABLE block (account BIGINT NOT NULL REFERENCES account(id), pattern TEXT NOT NULL, PRIMARY KEY (account, pattern))${clustered}`,
  `CREATE TABLE node (account BIGINT NOT NULL REFERENCES account(id), name TEXT NOT NULL, config TEXT NOT NULL,
     PRIMARY KEY (account, name))${clustered}`,
  `CREATE TABLE node_party (account BIGINT NOT NULL, node TEXT NOT NULL, jid TEXT NOT NULL, role TEXT NOT NULL, address TEXT NOT NULL,
     PRIMARY KEY (account, node, jid, role))${clustered}`,
  'CREATE INDEX node_party_address ON node_party (address)',
  `CREATE TABLE node_item (account BIGINT NOT NULL, node TEXT NOT NULL, id TEXT NOT NULL, publisher TEXT NOT NULL, time BIGINT NOT NULL,
     payload TEXT NOT NULL, place BIGINT NOT NULL, PRIMARY KEY (account, node, id))`,
  'CREATE UNIQUE INDEX node_item_place ON node_item (account, node, place)',
];
