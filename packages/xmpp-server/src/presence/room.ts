// Roster and presence put together: what the composition root needs of this folder (RFC 6121).
import type { Context } from '../context.ts';
import type { Extension } from '../extension.ts';
import type { PresenceInbound } from '../inbound.ts';
import type { MayReach } from '../iq-router.ts';
import type { Points } from '../points.ts';
import { type RosterLimits, rosterLimits } from '../roster/limits.ts';
import { Roster } from '../roster/roster.ts';
import { Announcements } from './announcements.ts';
import { FanOut } from './fan-out.ts';
import { instantMessaging } from './instant-messaging.ts';
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
}

export const openPresence = (context: Context, points: Points, limits: RosterLimits = rosterLimits): PresenceRoom => {
  const fanOut = new FanOut(context);
  const roster = new Roster(context, points, limits);
  const subscriptions = new Subscriptions(context, roster, fanOut);
  const announcements = new Announcements(points, fanOut);
  const probes = new Probes(context, fanOut, subscriptions);
  const service = new LocalPresence(fanOut, announcements);
  return {
    service,
    inbound: new Presence({ context, fanOut, announcements, subscriptions, probes }),
    extension: instantMessaging({ roster, subscriptions, announcements }),
    mayReach: (from, target) => service.maySeeSession(target, from),
  };
};
