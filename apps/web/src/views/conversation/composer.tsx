// The composer: grows with the text; Enter sends, Shift and Enter begins a line; drafts stay with their conversation.
import { longestText } from '@parlance/chat/outbox/sender';
import { type KeyboardEvent, type ReactElement, useEffect, useLayoutEffect, useRef, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { IconButton } from '../../design/button.tsx';
import { useAccount } from '../account-context.ts';
import { useContact } from '../contact.ts';
import { draftOf, keepDraft } from './drafts.ts';

export const Composer = ({ peer }: { readonly peer: string }): ReactElement => {
  const { t } = useTranslation();
  const account = useAccount();
  const { name } = useContact(peer);
  const [text, setText] = useState(() => draftOf(peer));
  const [full, setFull] = useState(false);
  const area = useRef<HTMLTextAreaElement>(null);
  const excess = text.trim().length - longestText;
  const change = (next: string): void => {
    setText(next);
    setFull(false);
    keepDraft(peer, next);
    account.messages.composing(peer, next.trim());
  };
  const send = (): void => {
    const said = text.trim();
    if (said === '' || excess > 0) return;
    if (account.messages.send(peer, said)) {
      setText('');
      keepDraft(peer, '');
    } else setFull(true);
    area.current?.focus();
  };
  const onKeyDown = (event: KeyboardEvent): void => {
    // An input method's Enter chooses a character, it does not send.
    if (event.key !== 'Enter' || event.shiftKey || event.nativeEvent.isComposing) return;
    event.preventDefault();
    send();
  };
  // biome-ignore lint/correctness/useExhaustiveDependencies: the height follows the text.
  useLayoutEffect(() => {
    const element = area.current;
    if (element === null) return;
    element.style.height = 'auto';
    element.style.height = `${element.scrollHeight}px`;
  }, [text]);
  useEffect(() => {
    // On a touch screen the keyboard would cover what one came to read.
    if (window.matchMedia('(pointer: fine)').matches) area.current?.focus();
  }, []);
  return (
    <form
      className="composer"
      onSubmit={(event) => {
        event.preventDefault();
        send();
      }}
    >
      <p className="composer-problem" role="alert">
        {full && t('conversation.full')}
        {excess > 0 && t('conversation.tooLong', { count: excess })}
      </p>
      <div className="composer-box">
        <textarea
          ref={area}
          className="composer-text"
          rows={1}
          dir="auto"
          aria-label={t('conversation.write', { name })}
          placeholder={t('conversation.write', { name })}
          aria-describedby="composer-hint"
          enterKeyHint="send"
          value={text}
          onChange={(event) => change(event.target.value)}
          onKeyDown={onKeyDown}
        />
        <IconButton
          icon="send"
          label={t('conversation.send')}
          tone="primary"
          type="submit"
          isDisabled={text.trim() === '' || excess > 0}
        />
      </div>
      <p id="composer-hint" className="composer-hint">
        {t('conversation.hint')}
      </p>
    </form>
  );
};
