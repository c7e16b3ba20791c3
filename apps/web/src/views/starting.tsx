// While a reloaded tab signs in again: calm, and when it takes long it says why, and how to give up.
import { type ReactElement, useEffect, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { Button } from '../design/button.tsx';
import { Mark } from '../design/icons.tsx';
import './sign-in.css';

/** Milliseconds that a good connection never needs. */
const patience = 4_000;

export const Starting = ({ giveUp }: { readonly giveUp: () => void }): ReactElement => {
  const { t } = useTranslation();
  const [late, setLate] = useState(false);
  useEffect(() => {
    const timer = setTimeout(() => setLate(true), patience);
    return () => clearTimeout(timer);
  }, []);
  return (
    <main className="starting" aria-busy="true">
      <Mark size={56} />
      <p role="status">{t(late ? 'starting.late' : 'connection.connecting')}</p>
      {late && <Button onPress={giveUp}>{t('settings.signOut')}</Button>}
    </main>
  );
};
