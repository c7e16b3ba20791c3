// The subjects of the XMPP hook points.
import { HookPoint } from '@parlance/base/hook';
import type { Account } from '@parlance/core/account';
import type { Delivery } from '@parlance/core/router';
import type { Element } from '@parlance/xml/element';
import type { Jid } from '@parlance/xmpp/jid';
import type { Points } from './extension.ts';
import type { XmppSession } from './session/session.ts';

export interface InboundMessage {
  readonly stanza: Element;
  readonly session: XmppSession;
  readonly to: Jid;
  /** What is to be kept; hooks may lower it (XEP-0334), never raise it. */
  keep: { archive: boolean; pending: boolean };
  /** Copies for the sender's and recipient's other sessions (XEP-0280 §6). */
  carbons: boolean;
}

export interface OutgoingCopy {
  readonly delivery: Delivery;
  readonly session: XmppSession;
}

export interface SessionEvent {
  readonly session: XmppSession;
  readonly account: Account;
}

export const makePoints = (): Points => ({
  inboundMessage: new HookPoint('inbound message'),
  outgoing: new HookPoint('outgoing copy'),
  sessionBound: new HookPoint('session bound'),
  sessionAvailable: new HookPoint('session available'),
  sessionUnavailable: new HookPoint('session unavailable'),
  sessionAway: new HookPoint('session away'),
  sessionResumed: new HookPoint('session resumed'),
  sessionEnded: new HookPoint('session ended'),
});
