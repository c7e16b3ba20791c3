// What an extension is: one small thing that registers itself and can be removed (DESIGN §3). The register and DOAP are made from it.
import type { Refusal } from '@parlance/base/refusal';
import type { Account } from '@parlance/core/account';
import type { Element } from '@parlance/xml/element';
import type { Jid } from '@parlance/xmpp/jid';
import type { Context } from './context.ts';
import type { Points } from './points.ts';
import type { PresenceService } from './presence/presence-service.ts';
import type { XmppSession } from './session/session.ts';
import type { Sessions } from './session/sessions.ts';

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
  /** The account the request is about: one's own, or the addressed one; absent for `server`, and where there is none. */
  readonly account: Account | undefined;
}

/**
 * Answers with the result's child, `undefined` for an empty result, a refusal, or an `<error/>` in `jabber:client` where
 * the specification asks for more than a refusal says (XEP-0060 §11). May wait.
 */
export type IqHandler = (request: IqRequest) => IqAnswer | Promise<IqAnswer>;
export type IqAnswer = Element | Refusal | IqError | undefined;

/** An `<error/>` with something beside it: the entries of a request that could not be done (XEP-0060 §8.9.2.4). */
export interface IqError {
  readonly error: Element;
  readonly beside: Element;
}

/** Who has a feature, an identity or items in service discovery (XEP-0030). */
export type DiscoTarget = 'server' | 'account';

/** Gives the disco#items of a target, or undefined when the node is not its own (XEP-0030 §4). */
export type ItemsProvider = (
  request: IqRequest,
  node: string,
) => readonly Element[] | undefined | Promise<readonly Element[] | undefined>;

/** What one target of service discovery has to show (XEP-0030 §3, §4). */
export interface Discoverable {
  readonly identities: readonly { readonly category: string; readonly type: string }[];
  readonly features: readonly string[];
  readonly items: readonly ItemsProvider[];
  readonly nodeInfo: readonly NodeInfoProvider[];
}

/** Gives what stands in the disco#info of a node, or undefined when the node is not its own (XEP-0030 §3.2). */
export type NodeInfoProvider = (
  request: IqRequest,
  node: string,
) => readonly Element[] | undefined | Promise<readonly Element[] | undefined>;

/** Everything an extension may do to the server. */
export interface Registrar {
  readonly context: Context;
  readonly points: Points;
  /** Bind, end and look up sessions. */
  readonly sessions: Sessions;
  /** Who may see whose presence, and who is there (RFC 6121). */
  readonly presence: PresenceService;
  /** A feature in the disco#info of the server or of accounts (XEP-0030 §3). */
  feature(target: DiscoTarget, name: string): void;
  /** An identity in the disco#info of the server or of accounts (XEP-0030 §3). */
  identity(target: DiscoTarget, category: string, type: string): void;
  items(target: DiscoTarget, provider: ItemsProvider): void;
  nodeInfo(target: DiscoTarget, provider: NodeInfoProvider): void;
  /** All that has been registered for a target so far; ask when answering, not when registering. */
  discoverable(target: DiscoTarget): Discoverable;
  /** An element of the stream features after authentication. */
  streamFeature(make: () => Element): void;
  /** Handles requests with this payload. One handler a target, type and payload. */
  iq(targets: readonly IqTarget[], type: 'get' | 'set', name: string, ns: string, handler: IqHandler): void;
  /** Handles a first-level element of a bound stream that is no stanza (XEP-0352). Throws StreamError for nonsense. */
  nonza(name: string, ns: string, handler: (session: XmppSession, element: Element) => void): void;
  /** Whether a session wants copies of its account's other traffic; one extension decides (XEP-0280). */
  copies(wants: (session: XmppSession) => boolean): void;
}

export interface Extension {
  readonly support: readonly Support[];
  register(registrar: Registrar): void;
}
