// One conversation: its head, its timeline, what stands in the way of writing, and the composer.
import { mayImitate } from '@parlance/chat/contacts/look-alike';
import { type ReactElement, useEffect, useRef, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { Button } from '../../design/button.tsx';
import { useAccount } from '../account-context.ts';
import { useContact } from '../contact.ts';
import { useReadable } from '../readable.ts';
import { Composer } from './composer.tsx';
import './conversation.css';
import { ConversationHead } from './conversation-head.tsx';
import { Timeline } from './timeline.tsx';

/** Says why nothing can be said, or that nobody knows this person, with the one thing to do about it. */
const Notice = ({ peer }: { readonly peer: string }): ReactElement | null => {
  const { t } = useTranslation();
  const { people, address } = useAccount();
  const contact = useContact(peer);
  const [failed, setFailed] = useState(false);
  const attempt = (work: Promise<void>): void => {
    setFailed(false);
    work.catch(() => setFailed(true));
  };
  if (peer === address || (contact.listed && !contact.blocked)) return null;
  const { name } = contact;
  return (
    <div className="notice">
      <p>
        {t(contact.blocked ? 'conversation.blockedBar' : 'conversation.strangerBar', { name })}
        {mayImitate(peer) && <strong> {t('presence.lookAlike')}</strong>}
      </p>
      {contact.blocked ? (
        <Button onPress={() => attempt(people.unblock(peer))}>{t('conversation.unblock')}</Button>
      ) : (
        <>
          <Button onPress={() => attempt(people.add(peer, ''))}>{t('conversation.addThem')}</Button>
          <Button tone="danger" onPress={() => attempt(people.block(peer))}>
            {t('conversation.block')}
          </Button>
        </>
      )}
      {failed && <p role="alert">{t('conversation.actionFailed')}</p>}
    </div>
  );
};

export const ConversationPane = ({ peer }: { readonly peer: string }): ReactElement => {
  const account = useAccount();
  const contact = useContact(peer);
  const ready = useReadable(account.ready);
  const { availability } = contact;
  useEffect(() => {
    if (ready) account.messages.older(peer).catch(() => undefined);
  }, [account, peer, ready]);
  useEffect(() => {
    if (ready && availability === 'offline') account.people.lookUpLastSeen(peer).catch(() => undefined);
  }, [account, peer, ready, availability]);
  const pane = useRef<HTMLElement>(null);
  useEffect(() => {
    // Where the composer does not take the focus, the conversation does: the list it was in is gone.
    if (!window.matchMedia('(pointer: fine)').matches) pane.current?.focus();
  }, []);
  return (
    <section ref={pane} className="conversation" aria-label={contact.name} tabIndex={-1}>
      <ConversationHead peer={peer} />
      <Timeline peer={peer} />
      <Notice peer={peer} />
      {!contact.blocked && <Composer peer={peer} />}
    </section>
  );
};
