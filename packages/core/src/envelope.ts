// The core's unit: who, to whom, what to keep of it. What is inside stays native and unread (DESIGN §2).
import type { Address, Protocol } from './ids.ts';

/** What kind of message this is, for archives and delivery tables alike. */
export type MessageKind = 'chat' | 'normal' | 'headline' | 'group' | 'error';

/** The payload in its own protocol. `payload()` is the stored form (payload v1, ADR 0002), made at most once. */
export interface Native {
  readonly protocol: Protocol;
  payload(): string | Uint8Array;
}

/** What the content itself asks to have kept (hints, type, body): the policy of accounts comes on top. */
export interface Keep {
  /** Belongs into both archives. */
  readonly archive: boolean;
  /** Waits for a device when none is there. */
  readonly pending: boolean;
  /** Says so little that nobody is told when nobody takes it (XEP-0085 §5.6). */
  readonly passing?: boolean;
  /** Only who may see the recipient's presence is told when nobody takes it: it would be a way of asking for that (RFC 6121 §11). */
  readonly silent?: boolean;
}

/** Neutral columns beside the payload: for search and reference, never for routing. */
export interface Columns {
  readonly originId?: string;
  readonly thread?: string;
  readonly text?: string;
  readonly refersTo?: string;
}

export interface Envelope {
  readonly from: Address;
  /** The sender's session label (XMPP resource, SIP binding), '' when none. */
  readonly fromLabel: string;
  readonly to: Address;
  /** The addressed session's label, '' for the account as a whole. */
  readonly toLabel: string;
  readonly kind: MessageKind;
  readonly native: Native;
  /** Milliseconds since 1970 at which this server accepted it. */
  readonly time: number;
  readonly keep: Keep;
  /** The other devices of both sides may have copies (XEP-0280 §6). */
  readonly copies: boolean;
  readonly columns: Columns;
}
