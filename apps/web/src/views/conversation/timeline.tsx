// The timeline: only what is on the screen is drawn; it stays at its end, or where one reads; older messages come by scrolling up.
import type { Entry } from '@parlance/chat/timeline/entries';
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
import { type Row, rowsOf } from './rows.ts';

/** Pixels from an edge that still count as being there. */
const near = 80;

/** Older messages have just been put in front: what is being read must not move. */
const usePrepended = (entries: readonly Entry[]): boolean => {
  const first = entries[0]?.key;
  const before = useRef(first);
  const prepended = before.current !== first && entries.some(({ key }) => key === before.current);
  useLayoutEffect(() => {
    before.current = first;
  }, [first]);
  return prepended;
};

const isAtEnd = ({ scrollSize, viewportSize, scrollOffset }: VirtualizerHandle): boolean =>
  scrollSize - viewportSize - scrollOffset < near;

/** Milliseconds until rows that were never drawn have been measured. */
const settling = 100;

interface Unfolding {
  readonly rows: readonly Row[];
  readonly last: Entry | undefined;
  /** Everything up to now has been fetched. */
  readonly ready: boolean;
  readonly hasUnread: boolean;
}

/**
 * Whether the end is in sight, undefined while the place to begin is being found: where the unread messages begin, else
 * the end. While the end is in sight it stays there; one's own words bring it back.
 */
const useEnd = (list: RefObject<VirtualizerHandle | null>, { rows, last, ready, hasUnread }: Unfolding) => {
  const [atEnd, setAtEnd] = useState<boolean | undefined>();
  const spoken = last?.direction === 'out' && last.state === 'waiting' ? last.key : undefined;
  const divider = rows.findIndex(({ kind }) => kind === 'unread');
  const divided = divider >= 0;
  const count = rows.length;
  useLayoutEffect(() => {
    if (spoken !== undefined) setAtEnd(true);
  }, [spoken]);
  useLayoutEffect(() => {
    if (ready && !hasUnread) setAtEnd((before) => before ?? true);
  }, [ready, hasUnread]);
  useLayoutEffect(() => {
    if (count > 0 && (atEnd ?? !divided)) list.current?.scrollToIndex(count - 1, { align: 'end' });
  }, [atEnd, count, divided, list]);
  // biome-ignore lint/correctness/useExhaustiveDependencies: only when the divider comes.
  useLayoutEffect(() => {
    if (!divided) return;
    setAtEnd(false);
    list.current?.scrollToIndex(divider, { align: 'start' });
    const settled = setTimeout(() => setAtEnd(list.current === null || isAtEnd(list.current)), settling);
    return () => clearTimeout(settled);
  }, [divided]);
  return [atEnd, setAtEnd] as const;
};

/** When the pane becomes smaller, by a keyboard or a banner, the end stays in sight if it was. */
const useEndKept = (
  scroller: RefObject<HTMLElement | null>,
  list: RefObject<VirtualizerHandle | null>,
  last: number,
  atEnd: boolean,
): void => {
  useEffect(() => {
    const { current } = scroller;
    if (current === null || !atEnd) return;
    const observer = new ResizeObserver(() => list.current?.scrollToIndex(last, { align: 'end' }));
    observer.observe(current);
    return () => observer.disconnect();
  }, [scroller, list, last, atEnd]);
};

export const Timeline = ({ peer }: { readonly peer: string }): ReactElement => {
  const { t } = useTranslation();
  const account = useAccount();
  const { name } = useContact(peer);
  const view = useReadable(account.conversation(peer));
  const { entries, unread, complete, loading } = view;
  const looking = useLooking();
  const ready = useReadable(account.ready);
  const rows = rowsOf(entries, useDivider(unread.first, looking, ready));
  const scroller = useRef<HTMLDivElement>(null);
  const list = useRef<VirtualizerHandle>(null);
  const prepended = usePrepended(entries);
  const [atEnd, setAtEnd] = useEnd(list, { rows, last: entries.at(-1), ready, hasUnread: unread.count > 0 });
  useEndKept(scroller, list, rows.length - 1, atEnd === true);
  useEffect(() => {
    if (looking && atEnd === true && unread.count > 0) account.messages.read(peer);
  }, [account, peer, looking, atEnd, unread.count]);
  const onScroll = (offset: number): void => {
    const handle = list.current;
    if (handle === null) return;
    setAtEnd((before) => (before === undefined ? before : isAtEnd(handle)));
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
      {atEnd === false && (
        <span className="to-newest">
          <IconButton icon="down" label={t('conversation.newest')} onPress={() => setAtEnd(true)} />
        </span>
      )}
    </div>
  );
};
