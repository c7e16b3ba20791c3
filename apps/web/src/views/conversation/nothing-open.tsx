// The right pane while no conversation is open.
import type { ReactElement } from 'react';
import { useTranslation } from 'react-i18next';
import { Button } from '../../design/button.tsx';
import { Icon, Mark } from '../../design/icons.tsx';
import { useAccount } from '../account-context.ts';
import { useReadable } from '../readable.ts';
import './conversation.css';

export const NothingOpen = ({ openAdd }: { readonly openAdd: () => void }): ReactElement => {
  const { t } = useTranslation();
  const account = useAccount();
  const { all } = useReadable(account.people.contacts);
  // Whoever knows nobody yet is asked on the left to add the first; one door is enough.
  const isAlone = useReadable(account.conversations).length === 0 && all.size === 0;
  if (useReadable(account.ready) && isAlone)
    return (
      <section className="nothing-open">
        <Mark size={72} />
        <h1 className="nothing-title">{t('conversation.welcome')}</h1>
        <p>{t('conversation.welcomeHelp')}</p>
      </section>
    );
  return (
    <section className="nothing-open">
      <Mark size={72} />
      <h1 className="nothing-title">{t('conversation.choose')}</h1>
      <p>{t('conversation.chooseHelp')}</p>
      <Button onPress={openAdd}>
        <Icon name="add" size={18} />
        {t('people.add')}
      </Button>
    </section>
  );
};
