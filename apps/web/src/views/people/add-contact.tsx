// Adding somebody by name or address: one request, which makes both see each other once it is accepted.
import { formatJid, parseJid } from '@parlance/xmpp/jid';
import { type FormEvent, type ReactElement, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { Button } from '../../design/button.tsx';
import { Dialog } from '../../design/dialog.tsx';
import { Field } from '../../design/field.tsx';
import { useAccount } from '../account-context.ts';
import { useIsOnline } from '../contact.ts';
import { NeedsConnection } from '../needs-connection.tsx';
import { openPeer } from '../route.ts';

interface AddContactProps {
  readonly isOpen: boolean;
  readonly onClose: () => void;
  /** What a name without a domain belongs to. */
  readonly domain: string;
}

type Wrong = 'wrong' | 'self' | 'failed';

const addressOf = (text: string, domain: string): string | undefined => {
  const bare = text.trim().replace(/^xmpp:/, '');
  const jid = parseJid(bare.includes('@') ? bare : `${bare}@${domain}`);
  return jid === undefined || jid.local === '' ? undefined : formatJid({ ...jid, resource: '' });
};

const AddForm = ({ onClose, domain }: Omit<AddContactProps, 'isOpen'>): ReactElement => {
  const { t } = useTranslation();
  const account = useAccount();
  const online = useIsOnline();
  const [text, setText] = useState('');
  const [name, setName] = useState('');
  const [wrong, setWrong] = useState<Wrong | undefined>();
  const [busy, setBusy] = useState(false);
  const submit = async (event: FormEvent): Promise<void> => {
    event.preventDefault();
    const address = addressOf(text, domain);
    if (address === undefined) return setWrong('wrong');
    if (address === account.address) return setWrong('self');
    setBusy(true);
    try {
      await account.people.add(address, name.trim());
      onClose();
      openPeer(address);
    } catch {
      setBusy(false);
      setWrong('failed');
    }
  };
  return (
    <form className="dialog-form" onSubmit={(event) => void submit(event)} noValidate>
      <Field
        label={t('add.address')}
        value={text}
        onChange={(value) => {
          setWrong(undefined);
          setText(value);
        }}
        help={t('add.addressHelp', { domain })}
        error={wrong === undefined ? undefined : t(`add.${wrong}`)}
        autoComplete="off"
        maxLength={1023}
        autoFocus
      />
      <Field label={t('add.shownAs')} value={name} onChange={setName} autoComplete="off" maxLength={100} />
      <p className="dialog-text">{t('add.help')}</p>
      <NeedsConnection />
      <div className="dialog-actions">
        <Button onPress={onClose}>{t('cancel')}</Button>
        <Button type="submit" tone="primary" isDisabled={busy || !online || text.trim() === ''}>
          {t('add.submit')}
        </Button>
      </div>
    </form>
  );
};

export const AddContact = ({ isOpen, onClose, domain }: AddContactProps): ReactElement => {
  const { t } = useTranslation();
  return (
    <Dialog title={t('add.title')} isOpen={isOpen} onClose={onClose}>
      <AddForm onClose={onClose} domain={domain} />
    </Dialog>
  );
};
