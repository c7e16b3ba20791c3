// The one schema, as Kysely sees it (ADR 0002). Column meanings stand in docs/adr/0002-schema.md.
import type { Generated } from 'kysely';

export interface Schema {
  account: {
    id: Generated<number>;
    created: number;
    removed: number | null;
    role: string;
    suspended: number;
    roster_version: number;
    roster_removal: Generated<number>;
    archive: string;
    /** No place of the mailbox at or above this was ever given; 0 while none was. */
    reserved: Generated<number>;
  };
  address: { domain: string; local: string; account: number; since: number; until: number | null };
  credential: { account: number; kind: string; device: string; parameters: string; version: number };
  device: { account: number; id: string; kind: string; label: string; last_seen: number };
  message: {
    id: number;
    time: number;
    protocol: string;
    sender: string;
    recipient: string;
    kind: string;
    origin: string | null;
    thread: string | null;
    text: string | null;
    refers_to: string | null;
    payload: string | Uint8Array;
  };
  entry: {
    account: number;
    sequence: number;
    message: number;
    peer: string;
    direction: number;
    archived: number;
    pending: number;
  };
  /** Coarse index: in which blocks of 256 sequences an account has entries with a peer. */
  conversation: { account: number; peer: string; block: number };
  stream: {
    id: string;
    account: number;
    label: string;
    expires: number | null;
    received: number;
    acknowledged: number;
    queue: string;
    state: string;
  };
  contact: {
    account: number;
    address: string;
    permission: string;
    interest: string;
    approved: number;
    listed: number;
    name: string;
    groups: string;
    request: string;
    version: number;
  };
  document: { account: number; kind: string; name: string; value: string };
  block: { account: number; pattern: string };
  node: { account: number; name: string; config: string };
  node_item: {
    account: number;
    node: string;
    id: string;
    publisher: string;
    time: number;
    payload: string;
    place: number;
  };
}
