// In a dialog whose work the server does: says that there is no connection now, and when there is one again it works.
import type { ReactElement } from 'react';
import { useTranslation } from 'react-i18next';
import { Icon } from '../design/icons.tsx';
import { useIsOnline } from './contact.ts';

export const NeedsConnection = (): ReactElement => {
  const { t } = useTranslation();
  const online = useIsOnline();
  return (
    <p className={online ? 'unseen' : 'dialog-offline'} role="status">
      {!online && (
        <>
          <Icon name="offline" size={18} />
          {t('connection.needed')}
        </>
      )}
    </p>
  );
};
