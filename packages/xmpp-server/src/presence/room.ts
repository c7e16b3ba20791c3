// Roster and presence put together: what the composition root needs of this folder (RFC 6121).
import type { Refusal } from '@parlance/base/refusal';
import type { Account } from '@parlance/core/account';
import type { Address } from '@parlance/core/ids';
import type { Act } from '@parlance/core/subscriptions';
import { presence } from '@parlance/xmpp/wire/rfc-6121.presence';
import type { Context } from '../context.ts';
import type { Extension } from '../extension.ts';
import type { PresenceInbound } from '../inbound.ts';
import type { MayReach } from '../iq-router.ts';
import type { Points } from '../points.ts';
import { type RosterLimits, rosterLimits } from '../roster/limits.ts';
import { Roster } from '../roster/roster.ts';
import { XmppSession } from '../session/session.ts';
import { Announcements } from './announcements.ts';
import { FanOut } from './fan-out.ts';
import { alone, type Crossing, ForeignSources, hearForeign } from './foreign.ts';
import { instantMessaging } from './instant-messaging.ts';
import { Lines } from './lines.ts';
import { LocalPresence } from './local-presence.ts';
import { Presence } from './presence.ts';
import type { PresenceService } from './presence-service.ts';
import { Probes } from './probes.ts';
import { Subscriptions } from './subscriptions.ts';

export interface PresenceRoom {
  readonly service: PresenceService;
  readonly inbound: PresenceInbound;
  /** Comes before all extensions that depend on presence. */
  readonly extension: Extension;
  /** RFC 6121 §8.5.3.1: who may send requests to a full JID. */
  readonly mayReach: MayReach;
  /**
   * An owner acts on his contact list by other means than a stanza (ADR 0006). Waits only when the other account has to be loaded.
   */
  readonly act: (account: Account, act: Act, to: Address) => Refusal | undefined | Promise<Refusal | undefined>;
  /** Says on the board what the sessions say that were restored. */
  readonly restored: () => void;
}

export const openPresence = (
  context: Context,
  points: Points,
  limits: RosterLimits = rosterLimits,
  crossing: Crossing = alone(),
): PresenceRoom => {
  const foreign = new ForeignSources();
  const fanOut = new FanOut(context, foreign);
  const lines = new Lines(crossing.board, context.clock);
  const roster = new Roster(context, points, limits);
  const subscriptions = new Subscriptions(context, roster, fanOut);
  const announcements = new Announcements(points, fanOut, lines);
  const probes = new Probes(context, points, fanOut, subscriptions);
  const service = new LocalPresence(fanOut, announcements, points);
  hearForeign(crossing, foreign, fanOut);
  return {
    service,
    inbound: new Presence({ context, fanOut, announcements, subscriptions, probes }),
    extension: instantMessaging({ roster, subscriptions, announcements }),
    mayReach: (from, target) => service.maySeeSession(target, from),
    act: (account, act, to) => subscriptions.act(account, act, presence(act, {}), to),
    restored: () => {
      for (const session of context.table.all()) if (session instanceof XmppSession) lines.write(session);
    },
  };
};
