// Reads new messages out to those who cannot see them, and keeps the number of unread ones in the page's title.
import { type ReactElement, useEffect, useRef, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useAccount } from './account-context.ts';
import { useLooking } from './conversation/looking.ts';
import { useReadable } from './readable.ts';

interface News {
  readonly key: string;
  readonly peer: string;
  readonly text: string;
}

/** What was last said in any conversation: who and what. */
const useLatest = (): News | undefined => {
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
  const looking = useLooking();
  const heard = useRef<string | undefined>(undefined);
  const [said, setSaid] = useState<News | undefined>();
  useEffect(() => {
    if (latest === undefined || latest.key === heard.current) return;
    heard.current = latest.key;
    const { name, listed, blocked } = account.people.contact(latest.peer);
    if (blocked) return;
    // No stranger puts words into anybody's ear: that he has written is enough.
    const text = listed ? latest.text.slice(0, 300) : t('presence.stranger');
    // What was there before is history, not news.
    if (ready) setSaid({ ...latest, text: t('conversation.from', { name, text }) });
  }, [latest, ready, account, t]);
  const unread = conversations.filter((conversation) => !looking || conversation.peer !== peer);
  const count = unread.reduce((sum, { unread: { count: one } }) => sum + one, 0);
  useEffect(() => {
    document.title = count === 0 ? t('title.plain') : t('title.unread', { count });
  }, [count, t]);
  return (
    <div className="unseen" aria-live="polite" role="log">
      {said !== undefined && <p key={said.key}>{said.text}</p>}
    </div>
  );
};
