// Two panes, or one at a time on a phone: people on the left, the open conversation on the right.
import { type ReactElement, useState } from 'react';
import { Announcer } from './announcer.tsx';
import { ConnectionBanner } from './connection-banner.tsx';
import { ConversationPane } from './conversation/conversation-pane.tsx';
import { NothingOpen } from './conversation/nothing-open.tsx';
import './main-view.css';
import { AddContact } from './people/add-contact.tsx';
import { PeoplePane } from './people/people-pane.tsx';
import { openPeer, useOpenPeer } from './route.ts';
import { SettingsDialog } from './settings/settings-dialog.tsx';

interface MainProps {
  readonly domain: string;
  readonly signOut: () => void;
  readonly wake: () => void;
}

export const Main = ({ domain, signOut, wake }: MainProps): ReactElement => {
  const peer = useOpenPeer();
  const [dialog, setDialog] = useState<'add' | 'settings' | undefined>();
  const close = (): void => setDialog(undefined);
  const leave = (): void => {
    openPeer(undefined);
    signOut();
  };
  return (
    <div className="main" data-open={peer === undefined ? 'list' : 'conversation'}>
      <ConnectionBanner wake={wake} />
      <PeoplePane peer={peer} openAdd={() => setDialog('add')} openSettings={() => setDialog('settings')} />
      <main className="pane">
        {peer === undefined ? (
          <NothingOpen openAdd={() => setDialog('add')} />
        ) : (
          <ConversationPane key={peer} peer={peer} />
        )}
      </main>
      <Announcer peer={peer} />
      <AddContact isOpen={dialog === 'add'} onClose={close} domain={domain} />
      <SettingsDialog isOpen={dialog === 'settings'} onClose={close} signOut={leave} />
    </div>
  );
};
