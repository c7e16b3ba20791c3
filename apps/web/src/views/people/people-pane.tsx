// The left pane: ourselves, search, requests, conversations by time, and everybody else by name.
import { type ReactElement, type RefObject, useEffect, useLayoutEffect, useMemo, useRef, useState } from 'react';
import { Input, SearchField } from 'react-aria-components';
import { useTranslation } from 'react-i18next';
import { Button, IconButton } from '../../design/button.tsx';
import { takeFocus } from '../../design/focus.ts';
import { Icon } from '../../design/icons.tsx';
import { useAccount } from '../account-context.ts';
import { useReadable } from '../readable.ts';
import { openPeer } from '../route.ts';
import { Me } from './me.tsx';
import './people.css';
import { PeopleList } from './people-list.tsx';
import { found, inOrder, type Person } from './people-rows.ts';
import { Requests } from './requests.tsx';

interface PeoplePaneProps {
  /** Who is open. */
  readonly peer: string | undefined;
  readonly openAdd: () => void;
  readonly openSettings: () => void;
}

const usePeople = (): readonly Person[] => {
  const account = useAccount();
  const { people } = account;
  const { language } = useTranslation().i18n;
  const { all } = useReadable(people.contacts);
  const conversations = useReadable(account.conversations);
  return useMemo(
    () => inOrder(all, conversations, (address) => people.contact(address), language),
    [all, conversations, people, language],
  );
};

/** How tall an element is, now and later. */
const useHeight = (element: RefObject<HTMLElement | null>): number => {
  const [height, setHeight] = useState(0);
  useLayoutEffect(() => {
    const { current } = element;
    if (current === null) return;
    const observer = new ResizeObserver(() => setHeight(current.offsetHeight));
    observer.observe(current);
    return () => observer.disconnect();
  }, [element]);
  return height;
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

interface SearchProps {
  readonly text: string;
  readonly onChange: (text: string) => void;
  /** Arrow down: on to the list. */
  readonly onDown: () => void;
  readonly onEnter: () => void;
}

const Search = ({ text, onChange, onDown, onEnter }: SearchProps): ReactElement => {
  const { t } = useTranslation();
  return (
    <SearchField
      className="search"
      aria-label={t('people.search')}
      value={text}
      onChange={onChange}
      onSubmit={onEnter}
      onKeyDown={(event) => {
        if (event.key === 'ArrowDown') onDown();
        else event.continuePropagation();
      }}
    >
      <Icon name="search" size={18} />
      <Input className="search-input" placeholder={t('people.search')} />
      {text !== '' && <IconButton icon="close" label={t('people.clear')} />}
    </SearchField>
  );
};

export const PeoplePane = ({ peer, openAdd, openSettings }: PeoplePaneProps): ReactElement => {
  const { t } = useTranslation();
  const { ready, people: model } = useAccount();
  const isReady = useReadable(ready);
  const { requests } = useReadable(model.contacts);
  const people = usePeople();
  const [wanted, setWanted] = useState('');
  const searching = wanted.trim() !== '';
  const shown = useMemo(() => found(people, wanted), [people, wanted]);
  const scroller = useRef<HTMLDivElement>(null);
  const above = useRef<HTMLDivElement>(null);
  const list = useRef<HTMLDivElement>(null);
  const height = useHeight(above);
  const pane = useRef<HTMLElement>(null);
  useEffect(() => {
    // A conversation that opens takes the focus itself; the one that is left may take it along.
    if (peer === undefined) takeFocus(pane.current);
  }, [peer]);
  return (
    <nav ref={pane} className="people" aria-label={t('people.conversations')} tabIndex={-1}>
      <Me openSettings={openSettings} openAdd={openAdd} />
      <Search
        text={wanted}
        onChange={setWanted}
        onDown={() => list.current?.focus()}
        onEnter={() => {
          const [first] = shown;
          if (searching && first !== undefined) openPeer(first.contact.address);
        }}
      />
      <p className="unseen" role="status">
        {searching && t('people.found', { count: shown.length })}
      </p>
      <div className="people-scroll" ref={scroller}>
        <div ref={above}>
          {!searching && <Requests />}
          {shown.length === 0 && searching && (
            <p className="people-note">{t('people.nothingFound', { text: wanted.trim() })}</p>
          )}
          {people.length === 0 && requests.length === 0 && isReady && !searching && <Nobody openAdd={openAdd} />}
          {people.length === 0 && !isReady && <p className="people-note">{t('people.loading')}</p>}
        </div>
        {shown.length > 0 && <PeopleList people={shown} scroller={scroller} list={list} above={height} />}
      </div>
    </nav>
  );
};
