// The XMPP side of a running server: hook points, sessions, presence, extensions, negotiation; made here and nowhere else (DESIGN §3).
import { availableParallelism } from 'node:os';
import type { Address } from '@parlance/core/ids';
import { namespaces } from '@parlance/xmpp/namespaces';
import { AnonymousAccounts } from '@parlance/xmpp-server/auth/anonymous-accounts';
import type { Likenesses } from '@parlance/xmpp-server/auth/likenesses';
import { SignIn } from '@parlance/xmpp-server/auth/sign-in';
import type { AuthSettings, Context } from '@parlance/xmpp-server/context';
import { registration } from '@parlance/xmpp-server/ext/xep-0077.registration';
import { anonymous } from '@parlance/xmpp-server/ext/xep-0175.anonymous';
import { ExtensionHost } from '@parlance/xmpp-server/host';
import { Inbound } from '@parlance/xmpp-server/inbound';
import { IqTable } from '@parlance/xmpp-server/iq';
import { IqRouter } from '@parlance/xmpp-server/iq-router';
import { XmppAdapter } from '@parlance/xmpp-server/message/deliver';
import { bind } from '@parlance/xmpp-server/negotiation/bind';
import { extensionFeatures } from '@parlance/xmpp-server/negotiation/extension-features';
import { Management, resumption } from '@parlance/xmpp-server/negotiation/management';
import { FeatureNegotiator, type StreamFeature } from '@parlance/xmpp-server/negotiation/negotiator';
import { streamRegistration } from '@parlance/xmpp-server/negotiation/registration';
import { sasl } from '@parlance/xmpp-server/negotiation/sasl';
import { startTls } from '@parlance/xmpp-server/negotiation/starttls';
import { makePoints, type Points } from '@parlance/xmpp-server/points';
import { openPresence, type PresenceRoom } from '@parlance/xmpp-server/presence/room';
import { Requests } from '@parlance/xmpp-server/requests';
import type { StreamServices } from '@parlance/xmpp-server/services';
import { restoreSessions } from '@parlance/xmpp-server/session/restore';
import { Sessions } from '@parlance/xmpp-server/session/sessions';
import type { Configuration } from '../config/configuration.ts';
import { KeyedArchiveIds } from './archive-ids.ts';
import type { Core } from './core.ts';
import { dataKey } from './data-keys.ts';
import { eventing } from './eventing.ts';
import { extensions } from './extensions.ts';
import { toPresence, toStanza } from './gateway.ts';
import { likenessesOf } from './likenesses.ts';
import { derivationsAtOnce, xmppLimits } from './limits.ts';
import type { Ports } from './ports.ts';

export interface XmppParts extends Ports {
  readonly configuration: Configuration;
  readonly core: Core;
  readonly isLocal: (domain: string) => boolean;
}

export interface XmppSide {
  readonly sessions: Sessions;
  readonly host: ExtensionHost;
  readonly presence: PresenceRoom;
  /** What streams work with; `upgrade` is added by the listeners that have TLS behind them. */
  readonly services: StreamServices;
  /** Brings back the resumable streams of the last process; to be awaited before anybody may connect. */
  restore(): Promise<number>;
}

const authOf = ({ domains }: Configuration): AuthSettings => ({
  plaintext: new Set(domains.filter((domain) => domain.plaintext).map(({ name }) => name)),
  anonymous: new Set(domains.filter((domain) => domain.anonymous).map(({ name }) => name)),
});

const contextOf = ({ configuration, core, clock, random, log, isLocal }: XmppParts): Context => ({
  ...core,
  clock,
  random,
  log,
  auth: authOf(configuration),
  archiveIds: new KeyedArchiveIds(dataKey(configuration.data, 'archive-ids', 16)),
  toStanza,
  requests: new Requests(clock, random),
  limits: xmppLimits(configuration),
  isLocal,
  account: (address) => core.accounts.peek(address),
});

/** Who moved in with a verifier alone can use a phone once he has signed in with his password in clear (DESIGN §2). */
const learnFrom =
  ({ core, log }: XmppParts) =>
  (address: Address, password: string): void => {
    core.membership
      .learnPassword(address, password)
      .catch((error: unknown) => log.warn('password for phones not kept', { address, error }));
  };

const signInOf = (
  parts: XmppParts,
  context: Context,
  anonymousAccounts: AnonymousAccounts,
  likenesses: Likenesses,
): SignIn => {
  const { configuration, crypto } = parts;
  const learn = configuration.sip.accountPassword ? learnFrom(parts) : undefined;
  return new SignIn({
    context,
    anonymous: anonymousAccounts,
    crypto,
    secret: dataKey(configuration.data, 'unknown-names', 32),
    derivations: derivationsAtOnce(availableParallelism()),
    likenesses,
    ...(learn && { learn }),
  });
};

/** Who is removed or suspended leaves at once. */
const follow = ({ membership }: Core, points: Points, sessions: Sessions): void => {
  membership.onRemove.on('act', (account) => void points.accountRemoved.run(account));
  membership.onSuspend.on('act', (account) => void sessions.endAll(account));
};

export const composeXmpp = (parts: XmppParts): XmppSide => {
  const { configuration, core } = parts;
  const context = contextOf(parts);
  const points = makePoints();
  const sessions = new Sessions(context, points);
  const anonymousAccounts = new AnonymousAccounts(context, (address) => core.membership.remove(address));
  const likenesses = likenessesOf(core, parts);
  const signIn = signInOf(parts, context, anonymousAccounts, likenesses);
  const presence = openPresence(context, points, undefined, { board: core.board, toPresence });
  const open = new Set(configuration.domains.filter((each) => each.registration === 'open').map(({ name }) => name));
  const iqs = new IqTable(context.log);
  const host = new ExtensionHost({ context, points, sessions, presence: presence.service, iqs });
  host.add([
    presence.extension,
    anonymous(anonymousAccounts),
    ...extensions(configuration.archive.enabled),
    ...eventing(core, parts),
    registration({ membership: core.membership, open }),
  ]);
  context.router.register(new XmppAdapter(context, points, (session) => host.wantsCopies(session)));
  const iqRouter = new IqRouter(context, iqs, presence.mayReach, points.inboundIq);
  const inbound = new Inbound(context, points, iqRouter, presence.inbound);
  const management = new Management(context, sessions);
  const features: readonly StreamFeature[] = [
    startTls(({ connection, domain }) => !connection.securePath && !context.auth.plaintext.has(domain)),
    sasl(context, signIn),
    streamRegistration({ context, membership: core.membership, open, next: bind(context, sessions) }),
    resumption(sessions),
    extensionFeatures(() => host.streamFeatures()),
  ];
  const services: StreamServices = {
    context,
    sessions,
    inbound,
    negotiator: (stream) => new FeatureNegotiator(stream, features),
    nonza: (session, element, stream) => {
      if (element.ns === namespaces.sm) management.handle(session, element, stream);
      else host.handleNonza(session, element);
      return undefined;
    },
    upgrade: undefined,
  };
  follow(core, points, sessions);
  return {
    sessions,
    host,
    presence,
    services,
    restore: async () => {
      await likenesses.refresh();
      const restored = await restoreSessions(context, sessions);
      presence.restored();
      await anonymousAccounts.adopt();
      return restored;
    },
  };
};
