// A person in words: who, and how available.
import type { Avatar } from '@parlance/chat/contacts/avatar';
import type { Contact } from '@parlance/chat/contacts/contacts';
import type { TFunction } from 'i18next';
import { useEffect } from 'react';
import { useTranslation } from 'react-i18next';
import { useAccount } from './account-context.ts';
import { useNow } from './now.ts';
import { useReadable } from './readable.ts';
import { agoWhen } from './when.ts';

/** Somebody, in the list or not. */
export const useContact = (address: string): Contact => {
  const account = useAccount();
  return useReadable(account.people.contacts).all.get(address) ?? account.people.contact(address);
};

/** The person's picture, fetched once somebody looks at it. */
export const usePicture = ({ address, avatar, picture }: Contact): Avatar | undefined => {
  const { people } = useAccount();
  useEffect(() => {
    if (picture !== undefined) void people.lookUpPicture(address);
  }, [people, address, picture]);
  return avatar;
};

/** Whether what is known of presence holds: only while there is a connection. */
export const useIsOnline = (): boolean => useReadable(useAccount().connection).kind === 'online';

/** We see this person's presence. */
export const isSeen = ({ subscription }: Contact): boolean => subscription === 'to' || subscription === 'both';

/** With the person's own words where there are some. */
const presenceText = (contact: Contact, t: TFunction, now: number, language: string): string => {
  if (contact.blocked) return t('presence.blocked');
  if (!contact.listed) return t('presence.stranger');
  if (!isSeen(contact)) return t(contact.asked ? 'presence.asked' : 'presence.hidden');
  const known = t(`presence.${contact.availability}`);
  if (contact.availability !== 'offline') return contact.status === '' ? known : `${known} · ${contact.status}`;
  return contact.lastSeen === undefined
    ? known
    : t('presence.seen', { when: agoWhen(contact.lastSeen, now, language) });
};

/** The presence in a few words; the address while there is no connection, and so nothing is known. */
export const usePresenceText = (contact: Contact): string => {
  const { t, i18n } = useTranslation();
  const now = useNow(30_000);
  const { address: own } = useAccount();
  const online = useIsOnline();
  if (contact.address === own) return t('presence.self');
  return online ? presenceText(contact, t, now, i18n.language) : contact.address;
};
