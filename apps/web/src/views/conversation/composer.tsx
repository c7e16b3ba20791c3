// The composer: Enter sends, Shift and Enter begins a line; what was begun stays with its conversation.
import { longestText } from '@parlance/chat/outbox/sender';
import { type FormEvent, type ReactElement, useRef, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { IconButton } from '../../design/button.tsx';
import { useAccount } from '../account-context.ts';
import { useContact } from '../contact.ts';
import { DraftText } from './draft-text.tsx';

export const Composer = ({ peer }: { readonly peer: string }): ReactElement => {
  const { t } = useTranslation();
  const { messages, drafts } = useAccount();
  const { name } = useContact(peer);
  const [text, setText] = useState(() => drafts.of(peer));
  const [full, setFull] = useState(false);
  const field = useRef<HTMLTextAreaElement>(null);
  const said = text.trim();
  const excess = said.length - longestText;
  const isSendable = said !== '' && excess <= 0;
  const become = (next: string): void => {
    setText(next);
    drafts.keep(peer, next);
  };
  const change = (next: string): void => {
    become(next);
    setFull(false);
    messages.composing(peer, next.trim());
  };
  const send = (event?: FormEvent): void => {
    event?.preventDefault();
    if (!isSendable) return;
    if (messages.send(peer, said)) become('');
    else setFull(true);
    field.current?.focus();
  };
  return (
    <form className="composer" onSubmit={send}>
      <p className="composer-problem" role="alert">
        {full && t('conversation.full')}
        {excess > 0 && t('conversation.tooLong', { count: excess })}
      </p>
      <div className="composer-box">
        <DraftText
          field={field}
          label={t('conversation.write', { name })}
          text={text}
          onChange={change}
          onSend={send}
        />
        <IconButton icon="send" label={t('conversation.send')} tone="primary" type="submit" isDisabled={!isSendable} />
      </div>
      <p id="composer-hint" className="composer-hint">
        {t('conversation.hint')}
      </p>
    </form>
  );
};
