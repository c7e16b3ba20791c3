// Who asks to be in contact: seen as an address, decided once.

import { shortName } from '@parlance/chat/contacts/contacts';
import { mayImitate } from '@parlance/chat/contacts/look-alike';
import { type ReactElement, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { Avatar } from '../../design/avatar.tsx';
import { Button } from '../../design/button.tsx';
import { leaveTo } from '../../design/focus.ts';
import '../../design/list-box.css';
import { useAccount } from '../account-context.ts';
import { useReadable } from '../readable.ts';

/** Requests that are shown at once: strangers cannot fill the list. */
const few = 3;

export const Requests = (): ReactElement | null => {
  const { t } = useTranslation();
  const { people } = useAccount();
  const { requests } = useReadable(people.contacts);
  const [all, setAll] = useState(false);
  if (requests.length === 0) return null;
  const latest = requests.toReversed();
  const shown = all ? latest : latest.slice(0, few);
  const showAll = (): void => {
    leaveTo('nav');
    setAll(true);
  };
  const decide = (decision: 'accept' | 'refuse', address: string): void => {
    leaveTo('nav');
    people[decision](address);
  };
  return (
    <section aria-labelledby="requests-title">
      <h2 id="requests-title" className="list-title">
        {t('requests.title')}
      </h2>
      <ul className="requests">
        {shown.map(({ address }) => (
          <li key={address} className="request">
            <Avatar address={address} name={shortName(address)} picture={undefined} size="small" />
            <span className="request-words">
              <span>{t('requests.asks', { name: shortName(address) })}</span>
              <bdi className="request-address">{address}</bdi>
              {mayImitate(address) && <span className="request-doubt">{t('presence.lookAlike')}</span>}
              <span className="request-actions">
                <Button tone="primary" onPress={() => decide('accept', address)}>
                  {t('requests.accept')}
                  <span className="unseen">{address}</span>
                </Button>
                <Button onPress={() => decide('refuse', address)}>
                  {t('requests.refuse')}
                  <span className="unseen">{address}</span>
                </Button>
              </span>
            </span>
          </li>
        ))}
      </ul>
      {latest.length > shown.length && (
        <div className="requests-more">
          <Button onPress={showAll}>{t('requests.all', { count: latest.length })}</Button>
        </div>
      )}
    </section>
  );
};
