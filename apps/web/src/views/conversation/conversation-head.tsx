// The head of a conversation: who, how available or typing, and what can be done about the contact.
import { type ReactElement, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { Avatar } from '../../design/avatar.tsx';
import { Button, IconButton } from '../../design/button.tsx';
import { Dialog } from '../../design/dialog.tsx';
import { Field } from '../../design/field.tsx';
import { type Choice, Menu } from '../../design/menu.tsx';
import { useAccount } from '../account-context.ts';
import { isSeen, useContact, useIsOnline, usePicture, usePresenceText } from '../contact.ts';
import { NeedsConnection } from '../needs-connection.tsx';
import { useReadable } from '../readable.ts';
import { openPeer } from '../route.ts';

const Presence = ({ peer }: { readonly peer: string }): ReactElement => {
  const { t } = useTranslation();
  const words = usePresenceText(useContact(peer));
  const { typing } = useReadable(useAccount().conversation(peer));
  if (typing)
    return (
      <span className="head-presence head-typing">
        <span className="typing-dots" aria-hidden="true">
          <i />
          <i />
          <i />
        </span>
        {t('presence.typing')}
      </span>
    );
  return <bdi className="head-presence">{words}</bdi>;
};

interface ActionProps {
  readonly peer: string;
  readonly onClose: () => void;
}

const useAction = (onClose: () => void) => {
  const [failed, setFailed] = useState(false);
  const run = (work: Promise<void>): void => {
    setFailed(false);
    work.then(onClose, () => setFailed(true));
  };
  return { failed, run };
};

const Failed = ({ failed }: { readonly failed: boolean }): ReactElement => {
  const { t } = useTranslation();
  return (
    <p className="sign-in-failure" role="alert">
      {failed && t('conversation.actionFailed')}
    </p>
  );
};

const Rename = ({ peer, onClose }: ActionProps): ReactElement => {
  const { t } = useTranslation();
  const { people } = useAccount();
  const contact = useContact(peer);
  const online = useIsOnline();
  const [name, setName] = useState(contact.name);
  const { failed, run } = useAction(onClose);
  return (
    <form
      className="dialog-form"
      onSubmit={(event) => {
        event.preventDefault();
        run(people.rename(peer, name.trim()));
      }}
    >
      <Field label={t('conversation.renameLabel')} value={name} onChange={setName} maxLength={100} autoFocus />
      <Failed failed={failed} />
      <NeedsConnection />
      <div className="dialog-actions">
        <Button onPress={onClose}>{t('cancel')}</Button>
        <Button type="submit" tone="primary" isDisabled={!online}>
          {t('save')}
        </Button>
      </div>
    </form>
  );
};

const Confirm = ({ peer, onClose, action }: ActionProps & { readonly action: 'remove' | 'block' }): ReactElement => {
  const { t } = useTranslation();
  const { people } = useAccount();
  const online = useIsOnline();
  const { failed, run } = useAction(onClose);
  return (
    <>
      <p className="dialog-text">{t(`conversation.${action}Text`)}</p>
      <Failed failed={failed} />
      <NeedsConnection />
      <div className="dialog-actions">
        <Button onPress={onClose}>{t('cancel')}</Button>
        <Button
          tone="danger"
          isDisabled={!online}
          onPress={() => run(action === 'remove' ? people.remove(peer) : people.block(peer))}
        >
          {t(`conversation.${action}`)}
        </Button>
      </div>
    </>
  );
};

const Actions = ({ peer }: { readonly peer: string }): ReactElement => {
  const { t } = useTranslation();
  const { people } = useAccount();
  const contact = useContact(peer);
  const [dialog, setDialog] = useState<'rename' | 'remove' | 'block' | undefined>();
  const close = (): void => setDialog(undefined);
  const { name, listed, blocked } = contact;
  const choices: readonly Choice[] = [
    ...(listed && !blocked && !isSeen(contact) && !contact.asked
      ? [{ id: 'ask', label: t('conversation.ask'), run: () => people.ask(peer) }]
      : []),
    ...(listed
      ? [
          { id: 'rename', label: t('conversation.rename'), run: () => setDialog('rename') },
          { id: 'remove', label: t('conversation.remove'), run: () => setDialog('remove'), danger: true },
        ]
      : []),
    blocked
      ? { id: 'unblock', label: t('conversation.unblock'), run: () => void people.unblock(peer).catch(() => undefined) }
      : { id: 'block', label: t('conversation.block'), run: () => setDialog('block'), danger: true },
  ];
  return (
    <>
      <Menu icon="more" label={t('conversation.more', { name })} choices={choices} />
      <Dialog
        title={dialog === undefined ? '' : t(`conversation.${dialog}Title`, { name })}
        isOpen={dialog !== undefined}
        onClose={close}
      >
        {dialog === 'rename' && <Rename peer={peer} onClose={close} />}
        {(dialog === 'remove' || dialog === 'block') && <Confirm peer={peer} onClose={close} action={dialog} />}
      </Dialog>
    </>
  );
};

export const ConversationHead = ({ peer }: { readonly peer: string }): ReactElement => {
  const { t } = useTranslation();
  const account = useAccount();
  const contact = useContact(peer);
  const picture = usePicture(contact);
  const shown = useIsOnline() && isSeen(contact) && !contact.blocked ? contact.availability : undefined;
  return (
    <header className="head">
      <span className="head-back">
        <IconButton icon="back" label={t('conversation.back')} onPress={() => openPeer(undefined)} />
      </span>
      <Avatar address={peer} name={contact.name} picture={picture} availability={shown} size="small" />
      <div className="head-words">
        <h1 className="head-name">
          <bdi title={peer}>{contact.name}</bdi>
        </h1>
        <Presence peer={peer} />
      </div>
      {peer !== account.address && <Actions peer={peer} />}
    </header>
  );
};
