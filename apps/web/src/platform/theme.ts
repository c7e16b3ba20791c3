// Light or dark: as chosen on this device, else as the system says, also when that changes.
import { Cell } from '@parlance/chat/cell';
import { deviceStorage } from './device-storage.ts';

export type Theme = 'system' | 'light' | 'dark';

const name = 'theme';

const kept = (): Theme => {
  const theme = deviceStorage.load(name);
  return theme === 'light' || theme === 'dark' ? theme : 'system';
};

const systemDark = window.matchMedia('(prefers-color-scheme: dark)');

/** What was chosen. */
export const theme = new Cell<Theme>(kept());

const show = (): void => {
  const chosen = theme.snapshot();
  document.documentElement.dataset['theme'] = chosen === 'system' && systemDark.matches ? 'dark' : chosen;
};

export const chooseTheme = (chosen: Theme): void => {
  theme.set(chosen);
  deviceStorage.save(name, chosen === 'system' ? undefined : chosen);
};

/** Shows the theme from now on. */
export const startTheme = (): void => {
  theme.subscribe(show);
  systemDark.addEventListener('change', show);
  show();
};
