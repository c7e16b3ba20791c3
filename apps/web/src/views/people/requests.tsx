// Who asks to be in contact: seen as an address, decided once.

import { shortName } from '@parlance/chat/contacts/contacts';
import type { ReactElement } from 'react';
import { useTranslation } from 'react-i18next';
import { Avatar } from '../../design/avatar.tsx';
import { Button } from '../../design/button.tsx';
import { useAccount } from '../account-context.ts';
import { useReadable } from '../readable.ts';

export const Requests = (): ReactElement | null => {
  const { t } = useTranslation();
  const { people } = useAccount();
  const { requests } = useReadable(people.contacts);
  if (requests.length === 0) return null;
  return (
    <section aria-labelledby="requests-title">
      <h2 id="requests-title" className="people-title">
        {t('requests.title')}
      </h2>
      <ul className="requests">
        {requests.toReversed().map(({ address }) => (
          <li key={address} className="request">
            <Avatar address={address} name={shortName(address)} picture={undefined} size="small" />
            <span className="request-words">
              <span>{t('requests.asks', { name: shortName(address) })}</span>
              <bdi className="request-address">{address}</bdi>
              <span className="request-actions">
                <Button tone="primary" onPress={() => people.accept(address)}>
                  {t('requests.accept')}
                </Button>
                <Button onPress={() => people.refuse(address)}>{t('requests.refuse')}</Button>
              </span>
            </span>
          </li>
        ))}
      </ul>
    </section>
  );
};
