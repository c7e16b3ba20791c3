// Ourselves at the head of the list: picture, name, status; it leads to the settings.
import type { ReactElement } from 'react';
import { Button } from 'react-aria-components';
import { useTranslation } from 'react-i18next';
import { Avatar } from '../../design/avatar.tsx';
import { IconButton } from '../../design/button.tsx';
import { useAccount } from '../account-context.ts';
import { useIsOnline, usePicture } from '../contact.ts';
import { useReadable } from '../readable.ts';

interface MeProps {
  readonly openAdd: () => void;
  readonly openSettings: () => void;
}

export const Me = ({ openAdd, openSettings }: MeProps): ReactElement => {
  const { t } = useTranslation();
  const account = useAccount();
  const status = useReadable(account.self.status);
  const online = useIsOnline();
  useReadable(account.people.contacts);
  const contact = account.people.contact(account.address);
  const picture = usePicture(contact);
  const availability = online ? status.availability : 'offline';
  const words = status.text === '' || !online ? t(`presence.${availability}`) : status.text;
  return (
    <header className="me">
      <Button className="me-button" onPress={openSettings}>
        <Avatar
          address={account.address}
          name={contact.name}
          picture={picture}
          availability={availability}
          size="small"
        />
        <span className="me-words">
          <strong className="me-name">{contact.name}</strong>
          <span className="me-status">{words}</span>
          <span className="unseen">{t('people.openSettings')}</span>
        </span>
      </Button>
      <IconButton icon="add" label={t('people.add')} onPress={openAdd} />
    </header>
  );
};
