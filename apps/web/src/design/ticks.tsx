// What became of one's own message, in one glyph and in words: waiting, sent, delivered, read, failed.
import type { OutState } from '@parlance/chat/timeline/entries';
import type { ReactElement } from 'react';
import { useTranslation } from 'react-i18next';
import './ticks.css';

const paths: Readonly<Record<OutState, string>> = {
  waiting: 'M8 4.500V8l2.200 1.500M8 13.500a5.500 5.500 0 1 0 0-11 5.500 5.500 0 0 0 0 11Z',
  sent: 'm3.500 8.500 3 3 6-7',
  delivered: 'm1.500 8.500 3 3 6-7M7.500 11.500l6-7',
  read: 'm1.500 8.500 3 3 6-7M7.500 11.500l6-7',
  failed: 'M8 4.500v4M8 11v.01M8 14A6 6 0 1 0 8 2a6 6 0 0 0 0 12Z',
};

export const Ticks = ({ state }: { readonly state: OutState }): ReactElement => {
  const { t } = useTranslation();
  return (
    <span className={`ticks ticks-${state}`} role="img" aria-label={t(`state.${state}`)} title={t(`state.${state}`)}>
      <svg aria-hidden="true" width="15" height="15" viewBox="0 0 16 16" fill="none">
        <path d={paths[state]} stroke="currentColor" strokeWidth="1.600" strokeLinecap="round" strokeLinejoin="round" />
      </svg>
    </span>
  );
};
