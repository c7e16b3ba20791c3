// The web client: the first screen, and behind it what comes while one looks at it.
import { StrictMode } from 'react';
import { createRoot } from 'react-dom/client';
import { I18nextProvider } from 'react-i18next';
import './design/tokens.css';
import './design/base.css';
import { Door } from './door.ts';
import { startLanguage } from './platform/language.ts';
import { homeDomain } from './platform/place.ts';
import { rememberedSession } from './platform/tab-session.ts';
import { startTheme } from './platform/theme.ts';
import { App } from './views/app.tsx';

const fault = (error: unknown): void => console.error(error);

/** What the first screen does not need. */
const behind = () => Promise.all([import('./engine.ts'), import('./views/main-view.tsx')]);

const start = async (): Promise<void> => {
  startTheme();
  const root = document.getElementById('root');
  if (root === null) throw new Error('the page has no root');
  const language = startLanguage();
  const chat = new Door(async () => {
    const [[{ openChat }], texts] = await Promise.all([behind(), language]);
    return openChat(texts.language, fault);
  });
  const remembered = rememberedSession();
  // A tab that goes on needs everything at once.
  if (remembered !== undefined) chat.prepare();
  const [texts, domain] = await Promise.all([language, homeDomain()]);
  window.addEventListener('online', () => chat.wake());
  const look = (): void => {
    const visible = document.visibilityState === 'visible';
    chat.setActive(visible);
    if (visible) chat.wake();
  };
  document.addEventListener('visibilitychange', look);
  if (remembered !== undefined) chat.goOn(remembered);
  look();
  createRoot(root).render(
    <StrictMode>
      <I18nextProvider i18n={texts}>
        <App chat={chat} domain={domain} />
      </I18nextProvider>
    </StrictMode>,
  );
};

start().catch(fault);
