// One message: its text as text, links that cannot run anything, the time, and what became of it.
import { withoutOverrides } from '@parlance/chat/overrides';
import type { Entry } from '@parlance/chat/timeline/entries';
import { memo, type ReactElement } from 'react';
import { useTranslation } from 'react-i18next';
import { Button } from '../../design/button.tsx';
import { leaveTo } from '../../design/focus.ts';
import { Ticks } from '../../design/ticks.tsx';
import { useAccount } from '../account-context.ts';
import { clockTime } from '../when.ts';
import { piecesOf } from './links.ts';
import { failureKey } from './reasons.ts';

const Words = ({ text }: { readonly text: string }): ReactElement => (
  <div className="bubble-text" dir="auto">
    {piecesOf(text).map((piece, index) =>
      piece.kind === 'text' ? (
        withoutOverrides(piece.text)
      ) : (
        // biome-ignore lint/suspicious/noArrayIndexKey: a text never changes, and neither do its pieces.
        <a key={index} href={piece.href} target="_blank" rel="noopener noreferrer nofollow">
          {piece.text}
        </a>
      ),
    )}
  </div>
);

const Failure = ({ peer, entry }: { readonly peer: string; readonly entry: Entry }): ReactElement => {
  const { t } = useTranslation();
  const { messages } = useAccount();
  const { originId = '' } = entry;
  const decide = (decision: 'retry' | 'discard'): void => {
    leaveTo('.conversation');
    messages[decision](peer, originId);
  };
  return (
    <div className="bubble-failure">
      <span>{t(`reason.${failureKey(entry.failure)}`)}</span>
      <Button onPress={() => decide('retry')}>{t('conversation.retry')}</Button>
      <Button onPress={() => decide('discard')}>{t('conversation.discard')}</Button>
    </div>
  );
};

interface BubbleProps {
  readonly peer: string;
  readonly name: string;
  readonly entry: Entry;
  readonly first: boolean;
  readonly last: boolean;
}

const isSameEntry = (one: Entry, other: Entry): boolean =>
  one.key === other.key && one.state === other.state && one.at === other.at && one.failure === other.failure;

export const Bubble = memo(
  ({ peer, name, entry, first, last }: BubbleProps): ReactElement => {
    const { t, i18n } = useTranslation();
    const { direction, text, at, state } = entry;
    const speaker = direction === 'in' ? `${name}: ` : t('people.you', { text: '' });
    return (
      <article className={`bubble-row bubble-row-${direction}`} data-first={first} data-last={last}>
        <div className={`bubble bubble-${direction}`}>
          {first && <span className="unseen">{speaker}</span>}
          <Words text={text} />
          <span className="bubble-foot">
            <time dateTime={new Date(at).toISOString()}>{clockTime(at, i18n.language)}</time>
            {state !== undefined && <Ticks state={state} />}
          </span>
        </div>
        {state === 'failed' && <Failure peer={peer} entry={entry} />}
      </article>
    );
  },
  (before, after) =>
    before.first === after.first &&
    before.last === after.last &&
    before.name === after.name &&
    isSameEntry(before.entry, after.entry),
);
