// While a reloaded tab signs in again: calm, and not longer than it takes.
import type { ReactElement } from 'react';
import { useTranslation } from 'react-i18next';
import { Mark } from '../design/icons.tsx';
import './sign-in.css';

export const Starting = (): ReactElement => {
  const { t } = useTranslation();
  return (
    <main className="starting" aria-busy="true">
      <Mark size={56} />
      <p role="status">{t('connection.connecting')}</p>
    </main>
  );
};
