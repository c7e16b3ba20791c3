// The web client: the one place that constructs things and hands them to the views.
import { Chat } from '@parlance/chat/session/chat';
import { systemPlatform } from '@parlance/xmpp-client/platform';
import { browserWebSocket } from '@parlance/xmpp-client/transports/websocket-browser';
import { StrictMode } from 'react';
import { createRoot } from 'react-dom/client';
import { I18nextProvider } from 'react-i18next';
import './design/tokens.css';
import './design/base.css';
import { accountStorage } from './platform/device-storage.ts';
import { startLanguage } from './platform/language.ts';
import { openPage } from './platform/pages.ts';
import { homeDomain, socketUrl } from './platform/place.ts';
import { rememberedSession, rememberSession } from './platform/tab-session.ts';
import { startTheme } from './platform/theme.ts';
import { App } from './views/app.tsx';

const fault = (error: unknown): void => console.error(error);

const start = async (): Promise<void> => {
  startTheme();
  const root = document.getElementById('root');
  if (root === null) throw new Error('the page has no root');
  const [texts, domain] = await Promise.all([startLanguage(), homeDomain()]);
  const transport = browserWebSocket(socketUrl());
  const chat = new Chat({
    platform: systemPlatform,
    transport,
    storageOf: accountStorage,
    pages: openPage(),
    language: texts.language,
    remember: rememberSession,
    fault,
  });
  window.addEventListener('online', () => chat.wake());
  const look = (): void => {
    const visible = document.visibilityState === 'visible';
    chat.setActive(visible);
    if (visible) chat.wake();
  };
  document.addEventListener('visibilitychange', look);
  look();
  const remembered = rememberedSession();
  if (remembered !== undefined) void chat.goOn(remembered);
  createRoot(root).render(
    <StrictMode>
      <I18nextProvider i18n={texts}>
        <App chat={chat} domain={domain} />
      </I18nextProvider>
    </StrictMode>,
  );
};

start().catch(fault);
