// One row of the timeline: a day, the divider, or a message.
import type { ReactElement } from 'react';
import { useTranslation } from 'react-i18next';
import { useNow } from '../now.ts';
import { dayName, daysBetween } from '../when.ts';
import { Bubble } from './bubble.tsx';
import type { Row } from './rows.ts';

const Day = ({ at }: { readonly at: number }): ReactElement => {
  const { t, i18n } = useTranslation();
  const now = useNow(60_000);
  const days = daysBetween(at, now);
  const recent = days <= 0 ? t('conversation.today') : t('conversation.yesterday');
  return (
    <h2 className="day">
      <span>{days > 1 ? dayName(at, now, i18n.language) : recent}</span>
    </h2>
  );
};

interface RowViewProps {
  readonly row: Row;
  readonly peer: string;
  readonly name: string;
}

export const RowView = ({ row, peer, name }: RowViewProps): ReactElement => {
  const { t } = useTranslation();
  if (row.kind === 'day') return <Day at={row.at} />;
  if (row.kind === 'message')
    return <Bubble peer={peer} name={name} entry={row.entry} first={row.first} last={row.last} />;
  return (
    <h2 className="unread-divider">
      <span>{t('conversation.unread')}</span>
    </h2>
  );
};
