// The timeline: only what is on the screen is drawn; it stays at its end, or where one reads; older messages come by scrolling up.
import { type ReactElement, useEffect, useLayoutEffect, useRef, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { Virtualizer, type VirtualizerHandle } from 'virtua';
import { IconButton } from '../../design/button.tsx';
import { useAccount } from '../account-context.ts';
import { useContact } from '../contact.ts';
import { useNow } from '../now.ts';
import { useReadable } from '../readable.ts';
import { dayName, daysBetween } from '../when.ts';
import { Bubble } from './bubble.tsx';
import { useLooking } from './looking.ts';
import { type Row, rowsOf } from './rows.ts';

/** Pixels from an edge that still count as being there. */
const near = 80;

const Day = ({ at }: { readonly at: number }): ReactElement => {
  const { t, i18n } = useTranslation();
  const now = useNow(60_000);
  const days = daysBetween(at, now);
  const recent = days === 0 ? t('conversation.today') : t('conversation.yesterday');
  return (
    <h2 className="day">
      <span>{days > 1 ? dayName(at, now, i18n.language) : recent}</span>
    </h2>
  );
};

const RowView = ({
  row,
  peer,
  name,
}: {
  readonly row: Row;
  readonly peer: string;
  readonly name: string;
}): ReactElement => {
  const { t } = useTranslation();
  if (row.kind === 'day') return <Day at={row.at} />;
  if (row.kind === 'unread')
    return (
      <h2 className="unread-divider">
        <span>{t('conversation.unread')}</span>
      </h2>
    );
  return <Bubble peer={peer} name={name} entry={row.entry} first={row.first} last={row.last} />;
};

/** The first unread message when one began to look; it stays marked until one has answered or left. */
const useDivider = (first: string | undefined, looking: boolean, ready: boolean): string | undefined => {
  const [divider, setDivider] = useState<string | undefined>();
  const seen = useRef(false);
  useEffect(() => {
    if (!ready) return;
    if (first !== undefined && (!seen.current || !looking)) setDivider((before) => before ?? first);
    seen.current = true;
  }, [first, looking, ready]);
  useEffect(() => {
    if (!looking) setDivider((before) => (first === undefined ? undefined : before));
  }, [looking, first]);
  return divider;
};

export const Timeline = ({ peer }: { readonly peer: string }): ReactElement => {
  const { t } = useTranslation();
  const account = useAccount();
  const { name } = useContact(peer);
  const ready = useReadable(account.ready);
  const { entries, unread, complete, loading } = useReadable(account.conversation(peer));
  const looking = useLooking();
  const divider = useDivider(unread.first, looking, ready);
  const rows = rowsOf(entries, divider);
  const scroller = useRef<HTMLDivElement>(null);
  const list = useRef<VirtualizerHandle>(null);
  const [atEnd, setAtEnd] = useState(true);
  const firstKey = useRef<string | undefined>(undefined);
  const top = entries[0]?.key;
  // Older messages were put in front: what is being read must not move.
  const prepended =
    firstKey.current !== undefined && firstKey.current !== top && entries.some(({ key }) => key === firstKey.current);
  useLayoutEffect(() => {
    firstKey.current = top;
  }, [top]);
  const count = rows.length;
  useLayoutEffect(() => {
    if (atEnd && count > 0) list.current?.scrollToIndex(count - 1, { align: 'end' });
  }, [atEnd, count]);
  const last = entries.at(-1);
  useLayoutEffect(() => {
    if (last?.direction === 'out' && last.state === 'waiting') setAtEnd(true);
  }, [last?.direction, last?.state, last?.key]);
  useEffect(() => {
    if (looking && atEnd && unread.count > 0) account.messages.read(peer);
  }, [account, peer, looking, atEnd, unread.count]);
  const onScroll = (offset: number): void => {
    const handle = list.current;
    if (handle === null) return;
    setAtEnd(handle.scrollSize - handle.viewportSize - offset < near);
    if (offset < near && !complete && !loading) account.messages.older(peer).catch(() => undefined);
  };
  return (
    <div className="timeline">
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: a region that scrolls must be reachable by keyboard. */}
      <div
        ref={scroller}
        className="timeline-scroll"
        role="region"
        aria-label={t('conversation.messages', { name })}
        tabIndex={0}
      >
        <div className="timeline-fill" />
        <p className="timeline-begin" aria-live="off">
          {loading && t('conversation.older')}
          {!loading && complete && t(count === 0 ? 'conversation.empty' : 'conversation.begin', { name })}
        </p>
        <Virtualizer ref={list} data={rows} scrollRef={scroller} shift={prepended} onScroll={onScroll} startMargin={48}>
          {(row) => <RowView key={row.key} row={row} peer={peer} name={name} />}
        </Virtualizer>
      </div>
      {!atEnd && (
        <span className="to-newest">
          <IconButton icon="down" label={t('conversation.newest')} onPress={() => setAtEnd(true)} />
        </span>
      )}
    </div>
  );
};
