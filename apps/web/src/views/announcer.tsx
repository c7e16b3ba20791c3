// Reads new messages and requests out to those who cannot see them, and keeps the number of what waits in the page's title.
import { shortName } from '@parlance/chat/contacts/contacts';
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

/** Who has asked last to be in contact. */
const useAsking = (): News | undefined => {
  const { t } = useTranslation();
  const { requests } = useReadable(useAccount().people.contacts);
  const address = requests.at(-1)?.address;
  if (address === undefined) return undefined;
  return { key: `request of ${address}`, peer: address, text: t('requests.asks', { name: shortName(address) }) };
};

/** What is to be read out: the latest, once. */
const useSaid = (): News | undefined => {
  const { t } = useTranslation();
  const account = useAccount();
  const ready = useReadable(account.ready);
  const [latest, asking] = [useLatest(), useAsking()];
  const heard = useRef<string | undefined>(undefined);
  const [said, setSaid] = useState<News | undefined>();
  useEffect(() => {
    if (latest === undefined || latest.key === heard.current) return;
    heard.current = latest.key;
    const { name, listed, blocked } = account.people.contact(latest.peer);
    // What was there before is history, not news.
    if (blocked || !ready) return;
    // No stranger puts words into anybody's ear: that he has written is enough.
    const text = listed ? latest.text.slice(0, 300) : t('presence.stranger');
    setSaid({ ...latest, text: t('conversation.from', { name, text }) });
  }, [latest, ready, account, t]);
  const asked = asking?.key;
  // biome-ignore lint/correctness/useExhaustiveDependencies: when somebody else asks.
  useEffect(() => {
    if (asking !== undefined) setSaid(asking);
  }, [asked]);
  return said;
};

/** `peer` is the open conversation. */
export const Announcer = ({ peer }: { readonly peer: string | undefined }): ReactElement => {
  const { t } = useTranslation();
  const account = useAccount();
  const conversations = useReadable(account.conversations);
  const { requests } = useReadable(account.people.contacts);
  const looking = useLooking();
  const said = useSaid();
  const unread = conversations.filter((conversation) => !looking || conversation.peer !== peer);
  const count = unread.reduce((sum, { unread: { count: one } }) => sum + one, requests.length);
  useEffect(() => {
    document.title = count === 0 ? t('title.plain') : t('title.unread', { count });
  }, [count, t]);
  return (
    <div className="unseen" aria-live="polite" role="log">
      {said !== undefined && <p key={said.key}>{said.text}</p>}
    </div>
  );
};
