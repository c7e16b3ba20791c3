// The right pane while no conversation is open.
import type { ReactElement } from 'react';
import { useTranslation } from 'react-i18next';
import { Button } from '../../design/button.tsx';
import { Icon, Mark } from '../../design/icons.tsx';
import './conversation.css';

export const NothingOpen = ({ openAdd }: { readonly openAdd: () => void }): ReactElement => {
  const { t } = useTranslation();
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
