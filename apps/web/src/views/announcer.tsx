// Reads new messages and requests out to those who cannot see them, and keeps the number of what waits in the page's title.
import { shortName } from '@parlance/chat/contacts/contacts';
import { type ReactElement, useEffect, useRef, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useAccount } from './account-context.ts';
import { useLooking } from './conversation/looking.ts';
import { useReadable } from './readable.ts';

/** What was last said in any conversation: who and what. */
const useLatest = () => {
  const [latest] = useReadable(useAccount().conversations);
  const entry = latest?.entries.at(-1);
  if (latest === undefined || entry?.direction !== 'in') return undefined;
  return { key: entry.key, peer: latest.peer, text: entry.text };
};

/** What is read out, under a key of its own, so that it is read out once. */
interface News {
  readonly key: string;
  readonly text: string;
}

/** The latest: what was said, or who has asked to be in contact. */
const useNews = (): News | undefined => {
  const { t } = useTranslation();
  const account = useAccount();
  const ready = useReadable(account.ready);
  const latest = useLatest();
  const asking = useReadable(account.people.contacts).requests.at(-1)?.address;
  const heard = useRef<string | undefined>(undefined);
  const [news, setNews] = useState<News | undefined>();
  useEffect(() => {
    if (latest === undefined || latest.key === heard.current) return;
    heard.current = latest.key;
    const { name, listed, blocked } = account.people.contact(latest.peer);
    // What was there before is history, not news.
    if (blocked || !ready) return;
    // No stranger puts words into anybody's ear: that he has written is enough.
    const text = listed ? latest.text.slice(0, 300) : t('presence.stranger');
    setNews({ key: latest.key, text: t('conversation.from', { name, text }) });
  }, [latest, ready, account, t]);
  useEffect(() => {
    if (asking === undefined) return;
    setNews({ key: `request of ${asking}`, text: t('requests.asks', { name: shortName(asking) }) });
  }, [asking, t]);
  return news;
};

/** `peer` is the open conversation. */
export const Announcer = ({ peer }: { readonly peer: string | undefined }): ReactElement => {
  const { t } = useTranslation();
  const account = useAccount();
  const conversations = useReadable(account.conversations);
  const { requests } = useReadable(account.people.contacts);
  const looking = useLooking();
  const news = useNews();
  const unread = conversations.filter((conversation) => !looking || conversation.peer !== peer);
  const count = unread.reduce((sum, { unread: { count: one } }) => sum + one, requests.length);
  useEffect(() => {
    document.title = count === 0 ? t('title.plain') : t('title.unread', { count });
  }, [count, t]);
  return (
    <div className="unseen" aria-live="polite" role="log">
      {news !== undefined && <p key={news.key}>{news.text}</p>}
    </div>
  );
};
