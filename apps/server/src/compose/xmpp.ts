// The XMPP side of a running server: hook points, sessions, presence, extensions, negotiation; made here and nowhere else (DESIGN §3).
import { namespaces } from '@parlance/xmpp/namespaces';
import type { Context } from '@parlance/xmpp-server/context';
import { ExtensionHost } from '@parlance/xmpp-server/host';
import { Inbound } from '@parlance/xmpp-server/inbound';
import { IqTable } from '@parlance/xmpp-server/iq';
import { IqRouter } from '@parlance/xmpp-server/iq-router';
import { XmppAdapter } from '@parlance/xmpp-server/message/deliver';
import { bind, legacySession } from '@parlance/xmpp-server/negotiation/bind';
import { extensionFeatures } from '@parlance/xmpp-server/negotiation/extension-features';
import { Management, resumption } from '@parlance/xmpp-server/negotiation/management';
import { FeatureNegotiator, type StreamFeature } from '@parlance/xmpp-server/negotiation/negotiator';
import { startTls } from '@parlance/xmpp-server/negotiation/starttls';
import { makePoints } from '@parlance/xmpp-server/points';
import { openPresence } from '@parlance/xmpp-server/presence/room';
import { Requests } from '@parlance/xmpp-server/requests';
import type { StreamServices } from '@parlance/xmpp-server/services';
import { restoreSessions } from '@parlance/xmpp-server/session/restore';
import { Sessions } from '@parlance/xmpp-server/session/sessions';
import type { Configuration } from '../config/configuration.ts';
import { KeyedArchiveIds } from './archive-ids.ts';
import type { Core } from './core.ts';
import { dataKey } from './data-keys.ts';
import { extensions } from './extensions.ts';
import { xmppLimits } from './limits.ts';
import type { Ports } from './ports.ts';

export interface XmppParts extends Ports {
  readonly configuration: Configuration;
  readonly core: Core;
  readonly isLocal: (domain: string) => boolean;
}

export interface XmppSide {
  readonly sessions: Sessions;
  readonly host: ExtensionHost;
  /** What streams work with; `upgrade` is added by the listeners that have TLS behind them. */
  readonly services: StreamServices;
  /** Brings back the resumable streams of the last process; to be awaited before anybody may connect. */
  restore(): Promise<number>;
}

const contextOf = ({ configuration, core, clock, random, log, isLocal }: XmppParts): Context => ({
  ...core,
  clock,
  random,
  log,
  archiveIds: new KeyedArchiveIds(dataKey(configuration.data, 'archive-ids', 16)),
  requests: new Requests(clock, random),
  limits: xmppLimits(configuration),
  isLocal,
  account: (address) => core.accounts.peek(address),
});

export const composeXmpp = (parts: XmppParts): XmppSide => {
  const context = contextOf(parts);
  const points = makePoints();
  const sessions = new Sessions(context, points);
  const presence = openPresence(context, points);
  const iqs = new IqTable(context.log);
  const host = new ExtensionHost({ context, points, sessions, presence: presence.service, iqs });
  host.add([presence.extension, ...extensions()]);
  context.router.register(new XmppAdapter(context.archiveIds, points, (session) => host.wantsCopies(session)));
  const iqRouter = new IqRouter(context, iqs, presence.mayReach, points.inboundIq);
  const inbound = new Inbound(context, points, iqRouter, presence.inbound);
  const management = new Management(context, sessions);
  const features: readonly StreamFeature[] = [
    startTls((stream) => !stream.connection.securePath),
    bind(context, sessions),
    legacySession,
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
  return { sessions, host, services, restore: () => restoreSessions(context, sessions) };
};
