// What an extension is: one small thing that registers itself and can be removed (DESIGN §3). The register and DOAP are made from it.
import type { HookPoint } from '@parlance/base/hook';
import type { Refusal } from '@parlance/base/refusal';
import type { Account } from '@parlance/core/account';
import type { Element } from '@parlance/xml/element';
import type { Jid } from '@parlance/xmpp/jid';
import type { Context } from './context.ts';
import type { InboundMessage, OutgoingCopy, SessionEvent } from './points.ts';
import type { XmppSession } from './session/session.ts';

/** One line of the register of supported specifications. */
export interface Support {
  /** `XEP-0280`, `RFC 6121`, … */
  readonly specification: string;
  readonly title: string;
  readonly version: string;
  readonly status: 'complete' | 'partial';
  /** What is not done, or which part is the server's; one sentence. */
  readonly note?: string;
}

/** Who answers: the server itself, one's own account, or another's account on that person's behalf. */
export type IqTarget = 'server' | 'own' | 'other';

export interface IqRequest {
  readonly iq: Element;
  readonly type: 'get' | 'set';
  /** The request's only child. */
  readonly payload: Element;
  readonly from: Jid;
  readonly to: Jid | undefined;
  /** The sender's session, when the sender is local. */
  readonly session: XmppSession | undefined;
  /** The account the request is about: one's own, or the addressed one; absent for `server`. */
  readonly account: Account | undefined;
}

/** Answers with the result's child, `undefined` for an empty result, or a refusal. May wait. */
export type IqHandler = (request: IqRequest) => IqAnswer | Promise<IqAnswer>;
export type IqAnswer = Element | Refusal | undefined;

/** Everything an extension may do to the server. */
export interface Registrar {
  readonly context: Context;
  /** A feature in the disco#info of the server or of accounts (XEP-0030 §3). */
  feature(target: 'server' | 'account', name: string): void;
  /** An element of the stream features after authentication. */
  streamFeature(make: () => Element): void;
  /** Handles requests with this payload. One handler a target, type and payload. */
  iq(targets: readonly IqTarget[], type: 'get' | 'set', name: string, ns: string, handler: IqHandler): void;
  /** Handles a first-level element of a bound stream that is no stanza (XEP-0198, XEP-0352). */
  nonza(name: string, ns: string, handler: (session: XmppSession, element: Element) => void): void;
  readonly points: Points;
}

/** The hook points of the XMPP side. Subjects say what may be read; answers, what a hook may decide. */
export interface Points {
  /** A message from a local session, after it was cleaned and before it is routed. */
  readonly inboundMessage: HookPoint<InboundMessage, Refusal>;
  /** A message about to be queued to one session; may replace the text or withhold it. */
  readonly outgoing: HookPoint<OutgoingCopy, 'withhold'>;
  /** First presence, each change, the end of a session. */
  readonly sessionBound: HookPoint<SessionEvent>;
  readonly sessionAvailable: HookPoint<SessionEvent>;
  readonly sessionUnavailable: HookPoint<SessionEvent>;
  /** A hibernated session has not come back within its grace: contacts see it away, requests to it bounce. */
  readonly sessionAway: HookPoint<SessionEvent>;
  readonly sessionResumed: HookPoint<SessionEvent>;
  readonly sessionEnded: HookPoint<SessionEvent>;
}

export interface Extension {
  readonly support: readonly Support[];
  register(registrar: Registrar): void;
}
