// Says when the connection is gone, when it is tried again, and that nothing is lost meanwhile.
import { type ReactElement, useEffect, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { Button } from '../design/button.tsx';
import { Icon } from '../design/icons.tsx';
import { useAccount } from './account-context.ts';
import { useNow } from './now.ts';
import { useReadable } from './readable.ts';

/** Milliseconds for which a short break is not worth a word. */
const tolerance = 1_200;

const Waiting = ({ until }: { readonly until: number }): ReactElement => {
  const { t } = useTranslation();
  const now = useNow(500);
  return <span>{t('connection.waiting', { count: Math.max(1, Math.ceil((until - now) / 1_000)) })}</span>;
};

export const ConnectionBanner = ({ wake }: { readonly wake: () => void }): ReactElement => {
  const { t } = useTranslation();
  const state = useReadable(useAccount().connection);
  const offline = state.kind !== 'online';
  const [noticed, setNoticed] = useState(false);
  useEffect(() => {
    if (!offline) return setNoticed(false);
    const timer = setTimeout(() => setNoticed(true), tolerance);
    return () => clearTimeout(timer);
  }, [offline]);
  return (
    <div className={offline && noticed ? 'banner' : 'unseen'}>
      <p className="unseen" role="status">
        {offline && noticed && t('connection.kept')}
      </p>
      {offline && noticed && (
        <>
          <Icon name="offline" size={18} />
          {state.kind === 'waiting' ? <Waiting until={state.until} /> : <span>{t('connection.connecting')}</span>}
          <span aria-hidden="true">{t('connection.kept')}</span>
          {state.kind === 'waiting' && <Button onPress={wake}>{t('connection.now')}</Button>}
        </>
      )}
    </div>
  );
};
