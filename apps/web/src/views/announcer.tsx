// Reads new messages out to those who cannot see them, and keeps the number of unread ones in the page's title.
import { type ReactElement, useEffect, useRef, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useAccount } from './account-context.ts';
import { useReadable } from './readable.ts';

/** What was last said in any conversation: who and what. */
const useLatest = (): { readonly key: string; readonly peer: string; readonly text: string } | undefined => {
  const [latest] = useReadable(useAccount().conversations);
  const entry = latest?.entries.at(-1);
  if (latest === undefined || entry?.direction !== 'in') return undefined;
  return { key: entry.key, peer: latest.peer, text: entry.text };
};

/** `peer` is the open conversation. */
export const Announcer = ({ peer }: { readonly peer: string | undefined }): ReactElement => {
  const { t } = useTranslation();
  const account = useAccount();
  const ready = useReadable(account.ready);
  const conversations = useReadable(account.conversations);
  const latest = useLatest();
  const heard = useRef<string | undefined>(undefined);
  const [said, setSaid] = useState('');
  useEffect(() => {
    if (latest === undefined || latest.key === heard.current) return;
    heard.current = latest.key;
    const { name } = account.people.contact(latest.peer);
    // What was there before is history, not news.
    if (ready) setSaid(t('conversation.from', { name, text: latest.text.slice(0, 300) }));
  }, [latest, ready, account, t]);
  const count = conversations.reduce((sum, { peer: other, unread }) => sum + (other === peer ? 0 : unread.count), 0);
  useEffect(() => {
    document.title = count === 0 ? t('title.plain') : t('title.unread', { count });
  }, [count, t]);
  return (
    <div className="unseen" aria-live="polite" role="log">
      {said}
    </div>
  );
};
