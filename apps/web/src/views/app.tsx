// The whole page: signing in, or the account that is signed in.
import type { Chat } from '@parlance/chat/session/chat';
import type { ReactElement } from 'react';
import { AccountContext } from './account-context.ts';
import { Main } from './main-view.tsx';
import { useReadable } from './readable.ts';
import { openPeer } from './route.ts';
import { SignIn } from './sign-in.tsx';
import { Starting } from './starting.tsx';

interface AppProps {
  readonly chat: Chat;
  /** The domain whose people sign in here. */
  readonly domain: string;
}

export const App = ({ chat, domain }: AppProps): ReactElement => {
  const session = useReadable(chat.session);
  const signOut = (): void => {
    openPeer(undefined);
    void chat.signOut();
  };
  if (session.kind === 'signed-in')
    return (
      <AccountContext value={session.account}>
        <Main key={session.account.address} signOut={signOut} wake={() => chat.wake()} domain={domain} />
      </AccountContext>
    );
  // A reload of a tab that is signed in does not show the form in between.
  if (session.kind === 'signing-in' && session.remembered) return <Starting giveUp={signOut} />;
  return <SignIn chat={chat} domain={domain} />;
};
