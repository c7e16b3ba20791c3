// The whole page: signing in, or the account that is signed in, whose views come meanwhile.
import { lazy, type ReactElement, Suspense, useEffect } from 'react';
import type { Door } from '../door.ts';
import { AccountContext } from './account-context.ts';
import { useReadable } from './readable.ts';
import { SignIn } from './sign-in.tsx';
import { Starting } from './starting.tsx';

const Main = lazy(async () => ({ default: (await import('./main-view.tsx')).Main }));

interface AppProps {
  readonly chat: Door;
  /** The domain whose people sign in here. */
  readonly domain: string;
}

export const App = ({ chat, domain }: AppProps): ReactElement => {
  const session = useReadable(chat.session);
  // Only now: what comes behind the first screen does not hold it up.
  useEffect(() => chat.prepare(), [chat]);
  const starting = <Starting giveUp={() => chat.signOut()} />;
  if (session.kind === 'signed-in')
    return (
      <AccountContext value={session.account}>
        <Suspense fallback={starting}>
          <Main key={session.account.address} signOut={() => chat.signOut()} wake={() => chat.wake()} domain={domain} />
        </Suspense>
      </AccountContext>
    );
  // A reload of a tab that is signed in does not show the form in between.
  return session.kind === 'signing-in' && session.remembered ? starting : <SignIn chat={chat} domain={domain} />;
};
