// The list: who, what was said last and when, how much is unread.
import { withoutOverrides } from '@parlance/chat/overrides';
import { memo, type ReactElement, type RefObject, useMemo } from 'react';
import { useTranslation } from 'react-i18next';
import { Avatar } from '../../design/avatar.tsx';
import { ListBox } from '../../design/list-box.tsx';
import { Ticks } from '../../design/ticks.tsx';
import { useAccount } from '../account-context.ts';
import { isSeen, useIsOnline, usePicture, usePresenceText } from '../contact.ts';
import { useNow } from '../now.ts';
import { openPeer, useOpenPeer } from '../route.ts';
import { shortWhen } from '../when.ts';
import { type Person, rowsOf } from './people-rows.ts';

/** Beyond this the number no longer matters. */
const badge = (count: number): string => (count > 99 ? '99+' : String(count));

const LastWords = ({ conversation, contact }: Person): ReactElement => {
  const { t } = useTranslation();
  const presence = usePresenceText(contact);
  const last = conversation?.entries.at(-1);
  if (conversation?.typing === true) return <span className="person-typing">{t('presence.typingShort')}</span>;
  // No preview of what a stranger writes, and none of what a blocked person wrote.
  if (last === undefined || contact.blocked || (!contact.listed && last.direction === 'in'))
    return (
      <span className="person-last">
        <bdi className="person-text">{presence}</bdi>
      </span>
    );
  return (
    <span className="person-last">
      {last.state !== undefined && <Ticks state={last.state} />}
      <bdi className="person-text">{withoutOverrides(last.text.slice(0, 200))}</bdi>
    </span>
  );
};

const PersonRow = memo(({ contact, conversation }: Person): ReactElement => {
  const { t, i18n } = useTranslation();
  const now = useNow(60_000);
  const online = useIsOnline();
  const picture = usePicture(contact);
  const last = conversation?.entries.at(-1);
  const unread = conversation?.unread.count ?? 0;
  const shown = online && isSeen(contact) && !contact.blocked ? contact.availability : undefined;
  return (
    <>
      <Avatar address={contact.address} name={contact.name} picture={picture} availability={shown} />
      <span className="person-words">
        <span className="person-line">
          <bdi className="person-name">{contact.name}</bdi>
          {shown !== undefined && <span className="unseen">, {t(`presence.${shown}`)}</span>}
          {last !== undefined && <time className="person-when">{shortWhen(last.at, now, i18n.language)}</time>}
        </span>
        <span className="person-line">
          <LastWords contact={contact} conversation={conversation} />
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
});

interface PeopleListProps {
  readonly people: readonly Person[];
  readonly scroller: RefObject<HTMLElement | null>;
  readonly list: RefObject<HTMLDivElement | null>;
  /** Pixels above the list within what scrolls. */
  readonly above: number;
}

export const PeopleList = ({ people, ...place }: PeopleListProps): ReactElement => {
  const { t } = useTranslation();
  const { address: own } = useAccount();
  const rows = useMemo(() => rowsOf(people, own, (id) => t(`people.${id}`)), [people, own, t]);
  const byAddress = useMemo(() => new Map(people.map((person) => [person.contact.address, person])), [people]);
  return (
    <ListBox
      {...place}
      label={t('people.conversations')}
      rows={rows}
      selected={useOpenPeer()}
      onOpen={(address) => openPeer(address)}
    >
      {(address) => {
        const person = byAddress.get(address);
        return person === undefined ? null : <PersonRow {...person} />;
      }}
    </ListBox>
  );
};
