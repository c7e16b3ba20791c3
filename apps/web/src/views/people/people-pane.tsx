// The left pane: ourselves, search, requests, conversations by time, and everybody else by name.
import type { Contact } from '@parlance/chat/contacts/contacts';
import type { ConversationView } from '@parlance/chat/conversation';
import { type ReactElement, useState } from 'react';
import { Input, SearchField } from 'react-aria-components';
import { useTranslation } from 'react-i18next';
import { Button, IconButton } from '../../design/button.tsx';
import { Icon } from '../../design/icons.tsx';
import { useAccount } from '../account-context.ts';
import { useReadable } from '../readable.ts';
import { Me } from './me.tsx';
import './people.css';
import { PeopleList } from './people-list.tsx';
import { Requests } from './requests.tsx';

interface PeoplePaneProps {
  readonly openAdd: () => void;
  readonly openSettings: () => void;
}

/** Somebody in the list, with what was said last if anything was. */
export interface Person {
  readonly contact: Contact;
  readonly conversation: ConversationView | undefined;
}

const matches = ({ contact }: Person, wanted: string): boolean =>
  [contact.name, contact.address].some((text) => text.toLocaleLowerCase().includes(wanted));

/** Those with whom something was said, the latest first, then everybody else by name. */
const usePeople = (): readonly Person[] => {
  const account = useAccount();
  const { i18n } = useTranslation();
  const { all } = useReadable(account.people.contacts);
  const conversations = useReadable(account.conversations);
  const talking = new Set(conversations.map(({ peer }) => peer));
  const quiet = [...all.values()].filter(({ address }) => !talking.has(address));
  const collator = new Intl.Collator(i18n.language);
  return [
    ...conversations.map((conversation) => ({
      conversation,
      contact: all.get(conversation.peer) ?? account.people.contact(conversation.peer),
    })),
    ...quiet
      .toSorted((one, other) => collator.compare(one.name, other.name))
      .map((contact) => ({ contact, conversation: undefined })),
  ];
};

const Nobody = ({ openAdd }: { readonly openAdd: () => void }): ReactElement => {
  const { t } = useTranslation();
  return (
    <div className="people-empty">
      <p className="people-empty-title">{t('people.nobody')}</p>
      <p>{t('people.nobodyHelp')}</p>
      <Button tone="primary" onPress={openAdd}>
        <Icon name="add" size={18} />
        {t('people.add')}
      </Button>
    </div>
  );
};

export const PeoplePane = ({ openAdd, openSettings }: PeoplePaneProps): ReactElement => {
  const { t } = useTranslation();
  const ready = useReadable(useAccount().ready);
  const people = usePeople();
  const [wanted, setWanted] = useState('');
  const needle = wanted.trim().toLocaleLowerCase();
  const found = needle === '' ? people : people.filter((person) => matches(person, needle));
  return (
    <nav className="people" aria-label={t('people.conversations')}>
      <Me openSettings={openSettings} openAdd={openAdd} />
      <SearchField className="search" aria-label={t('people.search')} value={wanted} onChange={setWanted}>
        <Icon name="search" size={18} />
        <Input className="search-input" placeholder={t('people.search')} />
        {wanted !== '' && <IconButton icon="close" label={t('people.clear')} />}
      </SearchField>
      <p className="unseen" role="status">
        {needle !== '' && t('people.found', { count: found.length })}
      </p>
      <div className="people-scroll">
        {needle === '' && <Requests />}
        {found.length > 0 && <PeopleList people={found} />}
        {found.length === 0 && needle !== '' && (
          <p className="people-note">{t('people.nothingFound', { text: wanted.trim() })}</p>
        )}
        {people.length === 0 && ready && needle === '' && <Nobody openAdd={openAdd} />}
        {people.length === 0 && !ready && <p className="people-note">{t('people.loading')}</p>}
      </div>
    </nav>
  );
};
