// Everything known about people: the roster, presence, requests, blocked addresses, pictures (RFC 6121 §2–§4, XEP-0191).
import type { RosterItem } from '@parlance/xmpp/wire/rfc-6121.roster';
import { withEntry, withoutEntry } from '../bounded.ts';
import type { AnnouncedPicture, Avatar } from './avatar.ts';
import { deviceLimit, type Presence } from './presence.ts';

export interface People {
  readonly roster: ReadonlyMap<string, RosterItem>;
  /** Devices by bare address and resource: of contacts and of our own account. */
  readonly devices: ReadonlyMap<string, ReadonlyMap<string, Presence>>;
  /** When somebody went offline, in milliseconds since 1970. */
  readonly lastSeen: ReadonlyMap<string, number>;
  /** Who asks to see our presence, with what they say. */
  readonly requests: ReadonlyMap<string, string>;
  readonly blocked: ReadonlySet<string>;
  /** Pictures that people say to have. */
  readonly pictures: ReadonlyMap<string, AnnouncedPicture>;
  /** Pictures that have been fetched; perhaps still the one before. */
  readonly avatars: ReadonlyMap<string, Avatar>;
}

export const nobody: People = {
  roster: new Map(),
  devices: new Map(),
  lastSeen: new Map(),
  requests: new Map(),
  blocked: new Set(),
  pictures: new Map(),
  avatars: new Map(),
};

/** Addresses of which something is kept. */
const peopleLimit = 5_000;

/** Requests that wait for an answer here; the server keeps all (RFC 6121 §3.1.3). */
const requestLimit = 200;

/** Characters of what a request says. */
const noteLimit = 300;

/** The roster as the server gave it (RFC 6121 §2.1.4). */
export const withRoster = (people: People, items: readonly RosterItem[]): People => ({
  ...people,
  roster: new Map(items.slice(0, peopleLimit).map((item) => [item.jid, item])),
});

/** A push (RFC 6121 §2.1.6). */
export const withItem = (people: People, item: RosterItem): People => {
  const answered = item.subscription === 'from' || item.subscription === 'both';
  return {
    ...people,
    roster: withEntry(people.roster, item.jid, item, peopleLimit),
    requests: answered ? withoutEntry(people.requests, item.jid) : people.requests,
  };
};

/** A push of a removal (RFC 6121 §2.5). */
export const withoutItem = (people: People, address: string): People => ({
  ...people,
  roster: withoutEntry(people.roster, address),
  devices: withoutEntry(people.devices, address),
  lastSeen: withoutEntry(people.lastSeen, address),
  pictures: withoutEntry(people.pictures, address),
  avatars: withoutEntry(people.avatars, address),
});

/** A device is available. */
export const withDevice = (people: People, address: string, resource: string, presence: Presence): People => {
  const devices = withEntry(people.devices.get(address) ?? new Map(), resource, presence, deviceLimit);
  return { ...people, devices: withEntry(people.devices, address, devices, peopleLimit) };
};

/** A device has gone; '' stands for all of them. */
export const withoutDevice = (people: People, address: string, resource: string, at: number): People => {
  const before = people.devices.get(address);
  if (before === undefined) return { ...people, lastSeen: withLastSeen(people, address, at) };
  const devices = resource === '' ? new Map() : withoutEntry(before, resource);
  if (devices.size > 0) return { ...people, devices: withEntry(people.devices, address, devices, peopleLimit) };
  return { ...people, devices: withoutEntry(people.devices, address), lastSeen: withLastSeen(people, address, at) };
};

const withLastSeen = ({ lastSeen }: People, address: string, at: number): ReadonlyMap<string, number> =>
  withEntry(lastSeen, address, Math.max(at, lastSeen.get(address) ?? 0), peopleLimit);

/** Somebody was seen for the last time at that moment. */
export const asSeen = (people: People, address: string, at: number): People => ({
  ...people,
  lastSeen: withLastSeen(people, address, at),
});

/** Somebody asks to see our presence (RFC 6121 §3.1.3). */
export const withRequest = (people: People, address: string, note: string): People => ({
  ...people,
  requests: withEntry(people.requests, address, note.slice(0, noteLimit), requestLimit),
});

/** The request has been answered, or was taken back. */
export const withoutRequest = (people: People, address: string): People => ({
  ...people,
  requests: withoutEntry(people.requests, address),
});

export const withBlocked = (people: People, blocked: ReadonlySet<string>): People => ({ ...people, blocked });

/** Somebody says to have this picture, or none. */
export const withPicture = (people: People, address: string, picture: AnnouncedPicture | undefined): People => ({
  ...people,
  pictures:
    picture === undefined
      ? withoutEntry(people.pictures, address)
      : withEntry(people.pictures, address, picture, peopleLimit),
});

/** What could not be fetched is announced anew, so that it is tried again. */
export const withPicturesAnew = (people: People): People => ({
  ...people,
  pictures: new Map(
    [...people.pictures].map(([address, picture]) => [
      address,
      people.avatars.get(address)?.hash === picture.hash ? picture : { ...picture },
    ]),
  ),
});

/** Fetched pictures that are kept. */
const avatarLimit = 500;

export const withAvatar = (people: People, address: string, avatar: Avatar): People => ({
  ...people,
  avatars: withEntry(people.avatars, address, avatar, avatarLimit),
});

/** The connection is gone and with it everything that was known live. */
export const withoutPresence = (people: People): People => ({ ...people, devices: new Map() });
