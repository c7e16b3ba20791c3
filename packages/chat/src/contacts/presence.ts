// What a contact's devices say of him, and what that comes to for a reader (RFC 6121 §4.7).
import type { Element } from '@parlance/xml/element';
import { namespaces } from '@parlance/xmpp/namespaces';
import { readPresenceLevel, type Show } from '@parlance/xmpp/wire/rfc-6121.presence';

/** What people see. */
export type Availability = 'online' | 'away' | 'busy' | 'offline';

/** One device. */
export interface Presence {
  readonly show: Show;
  readonly priority: number;
  readonly status: string;
}

/** Devices of one account that are kept. */
export const deviceLimit = 32;

/** Characters of a status that are kept. */
const statusLimit = 500;

/** Available presence, read tolerantly: a malformed show or priority says nothing. */
export const readPresence = (stanza: Element): Presence => {
  const { show, priority } = readPresenceLevel(stanza) ?? { show: 'online' as const, priority: 0 };
  return { show, priority, status: (stanza.childText('status') ?? '').trim().slice(0, statusLimit) };
};

const availabilities: Readonly<Record<Show, Availability>> = {
  chat: 'online',
  online: 'online',
  dnd: 'busy',
  away: 'away',
  xa: 'away',
};

const order: readonly Show[] = ['xa', 'away', 'dnd', 'online', 'chat'];

const isBetter = (one: Presence, other: Presence): boolean =>
  one.priority === other.priority ? order.indexOf(one.show) > order.indexOf(other.show) : one.priority > other.priority;

/** The device that speaks for the person: of the highest priority, then the most available. */
export const spokesman = (devices: ReadonlyMap<string, Presence> | undefined): Presence | undefined => {
  let best: Presence | undefined;
  for (const device of devices?.values() ?? []) if (best === undefined || isBetter(device, best)) best = device;
  return best;
};

export const availabilityOf = (presence: Presence | undefined): Availability =>
  presence === undefined ? 'offline' : availabilities[presence.show];

/** The hash of the avatar that a presence announces (XEP-0153 §3); '' says that there is none. */
export const announcedAvatar = (stanza: Element): string | undefined => {
  const photo = stanza.child('x', namespaces.vcardUpdate)?.child('photo');
  return photo === undefined ? undefined : photo.text().trim().toLowerCase().slice(0, 64);
};
