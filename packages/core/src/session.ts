// A session: one bound endpoint of a device, a row of the address table for every protocol alike.
import type { Account } from './account.ts';
import type { DeviceId, Protocol, SessionId } from './ids.ts';

/** An endpoint on the network as this server sees it. */
export interface Endpoint {
  readonly address: string;
  readonly port: number;
}

/** How present a session is. Absent while it has announced nothing. */
export interface Availability {
  readonly show: 'chat' | 'online' | 'away' | 'xa' | 'dnd';
  /** −128…127; below zero: takes no messages sent to the account as a whole (RFC 6121 §4.7.2.3). */
  readonly priority: number;
}

/** A row of the address table. Adapters implement it with their own session class. */
export interface Session {
  readonly id: SessionId;
  readonly protocol: Protocol;
  readonly account: Account;
  /** XMPP resource or SIP binding label, unique among the account's sessions. */
  readonly label: string;
  readonly device: DeviceId | undefined;
  readonly remote: Endpoint;
  /** Milliseconds since 1970. */
  readonly since: number;
  readonly availability: Availability | undefined;
  /** False while the session is hibernated: bound, but its connection is gone. */
  readonly connected: boolean;
  /** Connected, or so recently gone that a resumption is expected: what it is given counts as delivered. */
  readonly reachable: boolean;
}
