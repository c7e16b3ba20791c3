// The list: who, what was said last and when, how much is unread. Arrows move, Enter opens, letters find.
import type { ReactElement } from 'react';
import { Collection, Header, ListBox, ListBoxItem, ListBoxSection } from 'react-aria-components';
import { useTranslation } from 'react-i18next';
import { Avatar } from '../../design/avatar.tsx';
import { Ticks } from '../../design/ticks.tsx';
import { useAccount } from '../account-context.ts';
import { isSeen, useIsOnline, usePresenceText } from '../contact.ts';
import { useNow } from '../now.ts';
import { openPeer, useOpenPeer } from '../route.ts';
import { shortWhen } from '../when.ts';
import type { Person } from './people-pane.tsx';

/** Beyond this the number no longer matters. */
const badge = (count: number): string => (count > 99 ? '99+' : String(count));

const LastWords = ({ conversation, contact }: Person): ReactElement => {
  const { t } = useTranslation();
  const presence = usePresenceText(contact);
  const last = conversation?.entries.at(-1);
  if (conversation?.typing === true) return <span className="person-typing">{t('presence.typingShort')}</span>;
  // No preview of what a stranger writes.
  if (last === undefined || (!contact.listed && last.direction === 'in'))
    return <span className="person-last">{presence}</span>;
  return (
    <span className="person-last">
      {last.state !== undefined && <Ticks state={last.state} />}
      <bdi className="person-text">{last.text.slice(0, 200)}</bdi>
    </span>
  );
};

const PersonRow = ({ person }: { readonly person: Person }): ReactElement => {
  const { t, i18n } = useTranslation();
  const now = useNow(60_000);
  const online = useIsOnline();
  const { contact, conversation } = person;
  const last = conversation?.entries.at(-1);
  const unread = conversation?.unread.count ?? 0;
  const shown = online && isSeen(contact) && !contact.blocked ? contact.availability : undefined;
  return (
    <>
      <Avatar address={contact.address} name={contact.name} picture={contact.avatar} availability={shown} />
      <span className="person-words">
        <span className="person-line">
          <bdi className="person-name">{contact.name}</bdi>
          {shown !== undefined && <span className="unseen">, {t(`presence.${shown}`)}</span>}
          {last !== undefined && <time className="person-when">{shortWhen(last.at, now, i18n.language)}</time>}
        </span>
        <span className="person-line">
          <LastWords {...person} />
          {unread > 0 && (
            <span className="badge">
              <span aria-hidden="true">{badge(unread)}</span>
              <span className="unseen">{t('people.unread', { count: unread })}</span>
            </span>
          )}
        </span>
      </span>
    </>
  );
};

const sectionIds = ['conversations', 'strangers', 'others'] as const;

type SectionId = (typeof sectionIds)[number];

/** Strangers stand apart: anybody may write, nobody need be heard. */
const sectionOf = ({ contact, conversation }: Person, own: string): SectionId => {
  if (conversation === undefined) return 'others';
  const answered = conversation.entries.some(({ direction }) => direction === 'out');
  return contact.listed || answered || contact.address === own ? 'conversations' : 'strangers';
};

interface Section {
  readonly id: SectionId;
  readonly people: readonly Person[];
}

export const PeopleList = ({ people }: { readonly people: readonly Person[] }): ReactElement => {
  const { t } = useTranslation();
  const account = useAccount();
  const open = useOpenPeer();
  const sections = sectionIds
    .map((id): Section => ({ id, people: people.filter((one) => sectionOf(one, account.address) === id) }))
    .filter((section) => section.people.length > 0);
  return (
    <ListBox
      className="people-list"
      aria-label={t('people.conversations')}
      items={sections}
      selectionMode="single"
      disallowEmptySelection
      selectedKeys={open === undefined ? [] : [open]}
      onSelectionChange={(keys) => {
        const [key] = keys === 'all' ? [] : [...keys];
        if (key !== undefined) openPeer(String(key));
      }}
    >
      {(section) => (
        <ListBoxSection id={section.id}>
          <Header className="people-title">{t(`people.${section.id}`)}</Header>
          <Collection items={section.people.map((person) => ({ id: person.contact.address, person }))}>
            {({ id, person }) => (
              <ListBoxItem id={id} textValue={person.contact.name} className="person">
                <PersonRow person={person} />
              </ListBoxItem>
            )}
          </Collection>
        </ListBoxSection>
      )}
    </ListBox>
  );
};
