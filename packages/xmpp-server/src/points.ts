// The hook points of the XMPP side: subjects say what may be read, answers what a hook may decide (DESIGN §3).
import { HookPoint } from '@parlance/base/hook';
import type { Refusal } from '@parlance/base/refusal';
import type { Account } from '@parlance/core/account';
import type { Contact } from '@parlance/core/contact';
import type { Keep } from '@parlance/core/envelope';
import type { Delivery } from '@parlance/core/router';
import type { Element } from '@parlance/xml/element';
import type { Jid } from '@parlance/xmpp/jid';
import type { XmppSession } from './session/session.ts';

export interface InboundMessage {
  readonly stanza: Element;
  readonly session: XmppSession;
  readonly to: Jid;
  /** What is to be kept; hooks may lower it (XEP-0334), never raise it. */
  keep: Keep;
  /** Copies for the sender's and recipient's other sessions (XEP-0280 §6). */
  carbons: boolean;
}

/** An iq from a local session to somebody else; `account` is the addressed one, absent when there is none here. */
export interface InboundIq {
  readonly iq: Element;
  readonly session: XmppSession;
  readonly to: Jid;
  readonly account: Account | undefined;
}

export interface OutgoingCopy {
  readonly delivery: Delivery;
  readonly session: XmppSession;
}

export interface SessionEvent {
  readonly session: XmppSession;
  readonly account: Account;
}

/** A presence broadcast or directed presence of a local session, before it goes out; `stanza` may be replaced (XEP-0398). */
export interface OutgoingPresence {
  readonly session: XmppSession;
  stanza: Element;
}

/** A session's presence was handled: its first, or a change of it. */
export interface PresenceChange {
  readonly session: XmppSession;
  readonly account: Account;
  readonly stanza: Element;
  readonly initial: boolean;
}

/** A row of a contact list changed; `contact` is undefined when it was removed. */
export interface ContactChange {
  readonly account: Account;
  readonly address: string;
  readonly before: Contact | undefined;
  readonly contact: Contact | undefined;
}

/** A session asks for notifications of nodes that it did not ask for before, or has become available with them. */
export interface NewInterests {
  readonly session: XmppSession;
  readonly account: Account;
  /** Names of nodes, without `+notify`. */
  readonly nodes: readonly string[];
}

export interface Points {
  /** A message from a local session, after it was cleaned and before it is routed. */
  readonly inboundMessage: HookPoint<InboundMessage, Refusal>;
  /** An iq before it is answered or delivered; a refused result or error is dropped. */
  readonly inboundIq: HookPoint<InboundIq, Refusal>;
  /** A message about to be queued to one session; may withhold it. */
  readonly outgoing: HookPoint<OutgoingCopy, 'withhold'>;
  readonly outgoingPresence: HookPoint<OutgoingPresence>;
  readonly presenceChanged: HookPoint<PresenceChange>;
  readonly contactChanged: HookPoint<ContactChange>;
  /** Whom an account has blocked changes in this turn of the event loop: who may see it may be another afterwards. */
  readonly visibilityChanged: HookPoint<Account>;
  readonly newInterests: HookPoint<NewInterests>;
  readonly sessionBound: HookPoint<SessionEvent>;
  /** A session takes messages for its account now and did not before: what waits may go to it (RFC 6121 §4.2, XEP-0160). */
  readonly sessionAvailable: HookPoint<SessionEvent>;
  readonly sessionUnavailable: HookPoint<SessionEvent>;
  /** A hibernated session has not come back within its grace: contacts see it away, requests to it bounce. */
  readonly sessionAway: HookPoint<SessionEvent>;
  readonly sessionResumed: HookPoint<SessionEvent>;
  readonly sessionEnded: HookPoint<SessionEvent>;
  /** When an account of which nobody is available was left, in milliseconds since 1970, if somebody remembers (RFC 6121 §4.3.2). */
  readonly lastSeen: HookPoint<Account, Promise<number | undefined>>;
  /** An account is about to be removed; its sessions are still bound. */
  readonly accountRemoved: HookPoint<Account>;
}

export const makePoints = (): Points => ({
  inboundMessage: new HookPoint('inbound message'),
  inboundIq: new HookPoint('inbound iq'),
  outgoing: new HookPoint('outgoing copy'),
  outgoingPresence: new HookPoint('outgoing presence'),
  presenceChanged: new HookPoint('presence changed'),
  contactChanged: new HookPoint('contact changed'),
  visibilityChanged: new HookPoint('visibility changed'),
  newInterests: new HookPoint('new interests'),
  sessionBound: new HookPoint('session bound'),
  sessionAvailable: new HookPoint('session available'),
  sessionUnavailable: new HookPoint('session unavailable'),
  sessionAway: new HookPoint('session away'),
  sessionResumed: new HookPoint('session resumed'),
  sessionEnded: new HookPoint('session ended'),
  lastSeen: new HookPoint('last seen'),
  accountRemoved: new HookPoint('account removed'),
});
