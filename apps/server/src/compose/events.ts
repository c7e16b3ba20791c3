// Watchers and publications of phones put together: one contact list and one board of presence for both protocols (ADR 0006, 0007).
import type { SipContext } from '@parlance/sip-server/context';
import type { ContactList } from '@parlance/sip-server/events/context';
import { Events } from '@parlance/sip-server/events/events';
import type { Bindings } from '@parlance/sip-server/registrar/bindings';
import type { Points } from '@parlance/xmpp-server/points';
import type { Core } from './core.ts';
import { toTuple } from './gateway.ts';
import type { XmppSide } from './xmpp.ts';

/** What happens to contact lists changes who may watch, whichever protocol he speaks. */
export const connectEvents = (events: Events, points: Points): void => {
  points.contactChanged.on('act', (change) => void events.permissionChanged(change));
  points.visibilityChanged.on('act', (account) => void events.visibilityChanged(account));
};

/** `presence` and `host`: the side of the house that keeps the contact lists. */
export const composeEvents = (
  core: Core,
  { presence, host }: Pick<XmppSide, 'presence' | 'host'>,
  context: SipContext,
  bindings: Bindings,
): Events => {
  const contacts: ContactList = { ask: (account, to) => presence.act(account, 'subscribe', to) };
  const parts = { ...context, board: core.board, contacts, tupleOf: toTuple };
  const events = new Events(parts, bindings, core.router.waiting);
  connectEvents(events, host.points);
  core.keep((address) => events.concern(address));
  core.membership.onRemove.on('act', (account) => void events.forget(account));
  core.membership.onSuspend.on('act', (account) => void events.forget(account));
  return events;
};
