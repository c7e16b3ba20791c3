// What extensions registered, in the tables where the server looks it up: the one implementation of Registrar (DESIGN §3).
import type { Element } from '@parlance/xml/element';
import { StreamError } from '@parlance/xmpp/stream-error';
import type { Context } from './context.ts';
import type {
  DiscoTarget,
  Discoverable,
  Extension,
  IqHandler,
  IqTarget,
  ItemsProvider,
  NodeInfoProvider,
  Registrar,
} from './extension.ts';
import type { IqTable } from './iq.ts';
import type { Points } from './points.ts';
import type { PresenceService } from './presence/presence-service.ts';
import type { XmppSession } from './session/session.ts';
import type { Sessions } from './session/sessions.ts';

interface Growing {
  readonly identities: { readonly category: string; readonly type: string }[];
  readonly features: string[];
  readonly items: ItemsProvider[];
  readonly nodeInfo: NodeInfoProvider[];
}

export interface HostParts {
  readonly context: Context;
  readonly points: Points;
  readonly sessions: Sessions;
  readonly presence: PresenceService;
  readonly iqs: IqTable;
}

type Nonza = (session: XmppSession, element: Element) => void;

/** Registers extensions once, at composition; afterwards only looked up. */
export class ExtensionHost implements Registrar {
  readonly context: Context;
  readonly points: Points;
  readonly sessions: Sessions;
  readonly presence: PresenceService;
  readonly #iqs: IqTable;
  readonly #disco: Readonly<Record<DiscoTarget, Growing>> = { server: nothingYet(), account: nothingYet() };
  readonly #nonzas = new Map<string, Nonza>();
  readonly #streamFeatures: (() => Element)[] = [];
  #wantsCopies: (session: XmppSession) => boolean = () => false;

  constructor({ context, points, sessions, presence, iqs }: HostParts) {
    this.context = context;
    this.points = points;
    this.sessions = sessions;
    this.presence = presence;
    this.#iqs = iqs;
  }

  /** Lets each extension register itself, in the order given. */
  add(extensions: readonly Extension[]): void {
    for (const extension of extensions) extension.register(this);
  }

  feature(target: DiscoTarget, name: string): void {
    const { features } = this.#disco[target];
    if (!features.includes(name)) features.push(name);
  }

  identity(target: DiscoTarget, category: string, type: string): void {
    this.#disco[target].identities.push({ category, type });
  }

  items(target: DiscoTarget, provider: ItemsProvider): void {
    this.#disco[target].items.push(provider);
  }

  nodeInfo(target: DiscoTarget, provider: NodeInfoProvider): void {
    this.#disco[target].nodeInfo.push(provider);
  }

  streamFeature(make: () => Element): void {
    this.#streamFeatures.push(make);
  }

  iq(targets: readonly IqTarget[], type: 'get' | 'set', name: string, ns: string, handler: IqHandler): void {
    for (const target of targets) this.#iqs.add(target, type, name, ns, handler);
  }

  nonza(name: string, ns: string, handler: Nonza): void {
    this.#nonzas.set(`${ns} ${name}`, handler);
  }

  copies(wants: (session: XmppSession) => boolean): void {
    this.#wantsCopies = wants;
  }

  discoverable(target: DiscoTarget): Discoverable {
    return this.#disco[target];
  }

  /** The stream features that extensions add after authentication (RFC 6120 §4.3.2). */
  streamFeatures(): readonly Element[] {
    return this.#streamFeatures.map((make) => make());
  }

  wantsCopies(session: XmppSession): boolean {
    return this.#wantsCopies(session);
  }

  /** A first-level element that is no stanza; throws StreamError when nobody handles it (RFC 6120 §4.9.3.24). */
  handleNonza(session: XmppSession, element: Element): void {
    const handler = this.#nonzas.get(`${element.ns} ${element.name}`);
    if (handler === undefined) throw new StreamError('unsupported-stanza-type');
    handler(session, element);
  }
}

const nothingYet = (): Growing => ({ identities: [], features: [], items: [], nodeInfo: [] });
