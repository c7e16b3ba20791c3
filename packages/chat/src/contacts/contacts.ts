// People as views show them.

import { parseJid } from '@parlance/xmpp/jid';
import type { Subscription } from '@parlance/xmpp/wire/rfc-6121.roster';
import { withoutOverrides } from '../overrides.ts';
import type { AnnouncedPicture, Avatar } from './avatar.ts';
import { type Availability, availabilityOf, spokesman } from './presence.ts';
import type { People } from './state.ts';

export interface Contact {
  /** `local@domain`. */
  readonly address: string;
  /** The name we gave, else the local part. */
  readonly name: string;
  /** In our list. */
  readonly listed: boolean;
  readonly subscription: Subscription;
  /** We asked and wait for the answer. */
  readonly asked: boolean;
  readonly blocked: boolean;
  readonly availability: Availability;
  readonly status: string;
  /** Milliseconds since 1970; undefined while not known. */
  readonly lastSeen: number | undefined;
  /** The picture as far as it has been fetched: People.lookUpPicture does. */
  readonly avatar: Avatar | undefined;
  /** The picture that the person says to have; the same object until the person says it again. */
  readonly picture: AnnouncedPicture | undefined;
}

export interface ContactRequest {
  readonly address: string;
  readonly note: string;
}

export interface Contacts {
  readonly all: ReadonlyMap<string, Contact>;
  /** The newest last. */
  readonly requests: readonly ContactRequest[];
  readonly blocked: readonly string[];
}

/** How an address is called when we gave no name. */
export const shortName = (address: string): string => {
  const jid = parseJid(address);
  return jid === undefined || jid.local === '' ? address : jid.local;
};

/** One person, in our list or not. */
export const contactOf = (people: People, address: string): Contact => {
  const item = people.roster.get(address);
  const presence = spokesman(people.devices.get(address));
  const picture = people.pictures.get(address);
  return {
    address,
    name: withoutOverrides(item === undefined || item.name.trim() === '' ? shortName(address) : item.name),
    listed: item !== undefined,
    subscription: item?.subscription ?? 'none',
    asked: item?.ask ?? false,
    blocked: people.blocked.has(address),
    availability: availabilityOf(presence),
    status: withoutOverrides(presence?.status ?? ''),
    lastSeen: people.lastSeen.get(address),
    avatar: picture && people.avatars.get(address),
    picture,
  };
};

const isSame = (one: Contact, other: Contact): boolean =>
  (Object.keys(one) as (keyof Contact)[]).every((field) => Object.is(one[field], other[field]));

/** The list for views. Contacts that have not changed stay the same objects. */
export const contactsOf = (people: People, before: Contacts | undefined): Contacts => ({
  all: new Map(
    [...people.roster.keys()].map((address) => {
      const contact = contactOf(people, address);
      const known = before?.all.get(address);
      return [address, known !== undefined && isSame(known, contact) ? known : contact];
    }),
  ),
  requests: [...people.requests].map(([address, note]) => ({ address, note })),
  blocked: [...people.blocked],
});
