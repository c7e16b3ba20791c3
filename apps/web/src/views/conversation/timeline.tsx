// The timeline: only what is on the screen is drawn; it stays at its end, or where one reads; older messages come by scrolling up.
import type { ConversationView } from '@parlance/chat/conversation';
import { type ReactElement, type RefObject, useEffect, useLayoutEffect, useRef, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { Virtualizer, type VirtualizerHandle } from 'virtua';
import { IconButton } from '../../design/button.tsx';
import { useAccount } from '../account-context.ts';
import { useContact } from '../contact.ts';
import { useReadable } from '../readable.ts';
import { Beginning, beginningHeight } from './beginning.tsx';
import { useDivider } from './divider.ts';
import { useLooking } from './looking.ts';
import { RowView } from './row-view.tsx';
import { rowsOf } from './rows.ts';

/** Pixels from an edge that still count as being there. */
const near = 80;

/** Older messages have just been put in front: what is being read must not move. */
const usePrepended = (entries: ConversationView['entries']): boolean => {
  const first = entries[0]?.key;
  const before = useRef(first);
  const prepended = before.current !== first && entries.some(({ key }) => key === before.current);
  useLayoutEffect(() => {
    before.current = first;
  }, [first]);
  return prepended;
};

/** Whether the end is in sight; while it is, it stays there. One's own words bring it back. */
const useEnd = (
  list: RefObject<VirtualizerHandle | null>,
  rows: number,
  last: ConversationView['entries'][number] | undefined,
) => {
  const [atEnd, setAtEnd] = useState(true);
  const spoken = last?.direction === 'out' && last.state === 'waiting' ? last.key : undefined;
  useLayoutEffect(() => {
    if (spoken !== undefined) setAtEnd(true);
  }, [spoken]);
  useLayoutEffect(() => {
    if (atEnd && rows > 0) list.current?.scrollToIndex(rows - 1, { align: 'end' });
  }, [atEnd, rows, list]);
  return [atEnd, setAtEnd] as const;
};

export const Timeline = ({ peer }: { readonly peer: string }): ReactElement => {
  const { t } = useTranslation();
  const account = useAccount();
  const { name } = useContact(peer);
  const view = useReadable(account.conversation(peer));
  const { entries, unread, complete, loading } = view;
  const looking = useLooking();
  const rows = rowsOf(entries, useDivider(unread.first, looking, useReadable(account.ready)));
  const scroller = useRef<HTMLDivElement>(null);
  const list = useRef<VirtualizerHandle>(null);
  const prepended = usePrepended(entries);
  const [atEnd, setAtEnd] = useEnd(list, rows.length, entries.at(-1));
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
      <section
        ref={scroller}
        className="timeline-scroll"
        aria-label={t('conversation.messages', { name })}
        // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by keyboard.
        tabIndex={0}
      >
        <div className="timeline-fill" />
        <Beginning view={view} />
        <Virtualizer
          ref={list}
          data={rows}
          scrollRef={scroller}
          shift={prepended}
          onScroll={onScroll}
          startMargin={beginningHeight(complete)}
        >
          {(row) => <RowView key={row.key} row={row} peer={peer} name={name} />}
        </Virtualizer>
      </section>
      {!atEnd && (
        <span className="to-newest">
          <IconButton icon="down" label={t('conversation.newest')} onPress={() => setAtEnd(true)} />
        </span>
      )}
    </div>
  );
};
