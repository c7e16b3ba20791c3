// Ourselves: status and its text, picture, language, appearance, who is blocked, signing out.
import { longestStatus, type OwnAvailability, type Self } from '@parlance/chat/self';
import { type ReactElement, useEffect, useRef, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { Avatar } from '../../design/avatar.tsx';
import { Button } from '../../design/button.tsx';
import { Segments } from '../../design/choice.tsx';
import { Dialog } from '../../design/dialog.tsx';
import { Field } from '../../design/field.tsx';
import { useAccount } from '../account-context.ts';
import { usePicture } from '../contact.ts';
import { LanguageChoice, ThemeChoice } from '../preferences.tsx';
import { useReadable } from '../readable.ts';
import { smallPicture } from './picture.ts';
import './settings.css';

const Picture = (): ReactElement => {
  const { t } = useTranslation();
  const account = useAccount();
  useReadable(account.people.contacts);
  const contact = account.people.contact(account.address);
  const picture = usePicture(contact);
  const { name } = contact;
  const [failed, setFailed] = useState<'settings.pictureFailed' | 'conversation.actionFailed' | undefined>();
  const input = useRef<HTMLInputElement>(null);
  const attempt = (work: Promise<void>): void => {
    setFailed(undefined);
    work.catch(() => setFailed('conversation.actionFailed'));
  };
  const choose = (file: File | undefined): void => {
    if (file === undefined) return;
    smallPicture(file).then(
      (small) => attempt(account.self.setPicture(small)),
      () => setFailed('settings.pictureFailed'),
    );
  };
  return (
    <div className="picture">
      <Avatar address={account.address} name={name} picture={picture} size="large" />
      <div className="picture-words">
        <strong>{name}</strong>
        <bdi className="picture-address">{account.address}</bdi>
        <span className="picture-actions">
          <Button onPress={() => input.current?.click()}>{t('settings.picture')}</Button>
          {contact.picture !== undefined && (
            <Button onPress={() => attempt(account.self.removePicture())}>{t('settings.removePicture')}</Button>
          )}
        </span>
        <input
          ref={input}
          hidden
          type="file"
          accept="image/png,image/jpeg,image/webp,image/gif"
          aria-label={t('settings.picture')}
          onChange={({ target }) => {
            choose(target.files?.[0]);
            // The same file again is a choice, too.
            target.value = '';
          }}
        />
        <p className="field-error" role="alert">
          {failed && t(failed)}
        </p>
      </div>
    </div>
  );
};

/** A status that is being written; like everything here it holds once one leaves. */
const useStatusText = (self: Self) => {
  const [text, setText] = useState(() => self.status.snapshot().text);
  const written = useRef(text);
  useEffect(() => {
    written.current = text;
  }, [text]);
  useEffect(
    () => () => {
      const status = self.status.snapshot();
      if (written.current.trim() !== status.text) self.setStatus({ ...status, text: written.current });
    },
    [self],
  );
  return [text, setText] as const;
};

const Status = (): ReactElement => {
  const { t } = useTranslation();
  const { self } = useAccount();
  const status = useReadable(self.status);
  const [text, setText] = useStatusText(self);
  const options = (['online', 'away', 'busy'] as const).map((value) => ({
    value,
    label: (
      <>
        <span className={`dot dot-inline dot-${value}`} aria-hidden="true" />
        {t(`presence.${value}`)}
      </>
    ),
  }));
  const say = (availability: OwnAvailability): void => self.setStatus({ availability, text });
  return (
    <form
      className="dialog-form"
      onSubmit={(event) => {
        event.preventDefault();
        say(status.availability);
      }}
    >
      <Segments label={t('settings.status')} value={status.availability} options={options} onChange={say} />
      <Field
        label={t('settings.statusText')}
        help={t('settings.statusHelp')}
        value={text}
        onChange={setText}
        maxLength={longestStatus}
        suffix={
          text.trim() === status.text ? undefined : (
            <Button type="submit" tone="primary">
              {t('save')}
            </Button>
          )
        }
      />
    </form>
  );
};

const Blocked = (): ReactElement | null => {
  const { t } = useTranslation();
  const { people } = useAccount();
  const { blocked } = useReadable(people.contacts);
  const [failed, setFailed] = useState(false);
  const unblock = (address: string): void => {
    setFailed(false);
    people.unblock(address).catch(() => setFailed(true));
  };
  if (blocked.length === 0) return null;
  return (
    <section>
      <h3 className="field-label">{t('settings.blocked')}</h3>
      <ul className="blocked">
        {blocked.map((address) => (
          <li key={address}>
            <bdi>{address}</bdi>
            <Button onPress={() => unblock(address)}>
              {t('conversation.unblock')}
              <span className="unseen">{address}</span>
            </Button>
          </li>
        ))}
      </ul>
      <p className="field-error" role="alert">
        {failed && t('conversation.actionFailed')}
      </p>
    </section>
  );
};

interface SettingsProps {
  readonly isOpen: boolean;
  readonly onClose: () => void;
  readonly signOut: () => void;
}

export const SettingsDialog = ({ isOpen, onClose, signOut }: SettingsProps): ReactElement => {
  const { t } = useTranslation();
  return (
    <Dialog title={t('settings.title')} isOpen={isOpen} onClose={onClose}>
      <Picture />
      <Status />
      <LanguageChoice />
      <ThemeChoice />
      <Blocked />
      <Button tone="danger" onPress={signOut}>
        {t('settings.signOut')}
      </Button>
    </Dialog>
  );
};
