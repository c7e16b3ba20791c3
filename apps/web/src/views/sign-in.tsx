// Signing in: a short name and a password; the domain is filled in. One plain sentence when it does not work.
import type { SessionState } from '@parlance/chat/session/chat';
import { type FormEvent, type ReactElement, type RefObject, useEffect, useRef, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { Button, IconButton } from '../design/button.tsx';
import { Field, type FieldProps } from '../design/field.tsx';
import { Mark } from '../design/icons.tsx';
import type { Door } from '../door.ts';
import { LanguageChoice, ThemeChoice } from './preferences.tsx';
import { useReadable } from './readable.ts';
import './sign-in.css';

interface SignInProps {
  readonly chat: Door;
  readonly domain: string;
}

/** A name alone is one of the domain's; a whole address stays as it is. */
const addressOf = (name: string, domain: string): string => (name.includes('@') ? name : `${name}@${domain}`);

/** Whoever need only give the password again finds the name as it was written. */
const nameIn = (session: SessionState, domain: string): string => {
  const address = session.kind === 'signed-out' ? (session.address ?? '') : '';
  return address.endsWith(`@${domain}`) ? address.slice(0, -domain.length - 1) : address;
};

type PasswordProps = Pick<FieldProps, 'value' | 'onChange' | 'error' | 'input'>;

const PasswordField = (props: PasswordProps): ReactElement => {
  const { t } = useTranslation();
  const [shown, setShown] = useState(false);
  return (
    <Field
      {...props}
      label={t('signIn.password')}
      name="password"
      type={shown ? 'text' : 'password'}
      autoComplete="current-password"
      suffix={
        <IconButton icon="eye" label={t(shown ? 'signIn.hide' : 'signIn.show')} onPress={() => setShown(!shown)} />
      }
    />
  );
};

const SignInForm = ({ chat, domain }: SignInProps): ReactElement => {
  const { t } = useTranslation();
  const session = useReadable(chat.session);
  const [name, setName] = useState(() => nameIn(session, domain));
  const [password, setPassword] = useState('');
  const [missing, setMissing] = useState<'name' | 'password' | undefined>();
  const busy = session.kind === 'signing-in';
  const failure = session.kind === 'signed-out' ? session.failure : undefined;
  const known = session.kind === 'signed-out' && session.address !== undefined;
  const nameField = useRef<HTMLInputElement>(null);
  const field = useRef<HTMLInputElement>(null);
  useEffect(() => {
    // Nearly always it is the password that was mistyped, or that is missing.
    if (failure === 'wrong-password' || known) field.current?.select();
  }, [failure, known]);
  const miss = (what: 'name' | 'password', input: RefObject<HTMLInputElement | null>): void => {
    setMissing(what);
    input.current?.focus();
  };
  const submit = (event: FormEvent): void => {
    event.preventDefault();
    const short = name.trim();
    if (busy) return;
    if (short === '') miss('name', nameField);
    else if (password === '') miss('password', field);
    else chat.signIn(addressOf(short, domain), password);
  };
  const change = (set: (value: string) => void) => (value: string) => {
    setMissing(undefined);
    set(value);
  };
  return (
    <form className="sign-in-form" onSubmit={submit} noValidate>
      <Field
        label={t('signIn.name')}
        input={nameField}
        name="username"
        autoComplete="username"
        value={name}
        onChange={change(setName)}
        suffix={name.includes('@') ? undefined : `@${domain}`}
        error={missing === 'name' ? t('signIn.nameMissing') : undefined}
        autoFocus={name === ''}
      />
      <PasswordField
        input={field}
        value={password}
        onChange={change(setPassword)}
        error={missing === 'password' ? t('signIn.passwordMissing') : undefined}
      />
      <p className="sign-in-failure" role="alert">
        {failure !== undefined && missing === undefined && t(`failure.${failure}`)}
      </p>
      <Button type="submit" tone="primary">
        {t(busy ? 'signIn.busy' : 'signIn.submit')}
      </Button>
    </form>
  );
};

export const SignIn = (props: SignInProps): ReactElement => {
  const { t } = useTranslation();
  return (
    <main className="sign-in">
      <section className="sign-in-card">
        <header className="sign-in-head">
          <Mark size={56} />
          <h1 className="wordmark">Parlance</h1>
          <p className="sign-in-tagline">{t('tagline')}</p>
        </header>
        <SignInForm {...props} />
      </section>
      <footer className="sign-in-foot">
        <LanguageChoice />
        <ThemeChoice />
      </footer>
    </main>
  );
};
