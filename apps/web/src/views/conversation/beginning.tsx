// The head of the timeline: whom this is with, or that older messages are being fetched.
import type { ConversationView } from '@parlance/chat/conversation';
import type { ReactElement } from 'react';
import { useTranslation } from 'react-i18next';
import { Avatar } from '../../design/avatar.tsx';
import { useContact, usePicture } from '../contact.ts';

/** Pixels that it takes, which the list below must know; conversation.css says the same. */
export const beginningHeight = (complete: boolean): number => (complete ? 216 : 48);

export const Beginning = ({ view }: { readonly view: ConversationView }): ReactElement => {
  const { t } = useTranslation();
  const contact = useContact(view.peer);
  const picture = usePicture(contact);
  const { name } = contact;
  const { loading, complete, entries, peer } = view;
  if (!complete) return <p className="beginning-loading">{loading && t('conversation.older')}</p>;
  return (
    <div className="beginning">
      <Avatar address={peer} name={name} picture={picture} size="large" />
      <p className="beginning-name">
        <bdi>{name}</bdi>
      </p>
      <p className="beginning-address">
        <bdi>{peer}</bdi>
      </p>
      <p className="beginning-words">
        {t(entries.length === 0 ? 'conversation.empty' : 'conversation.begin', { name })}
      </p>
    </div>
  );
};
