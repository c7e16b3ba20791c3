// The language of this device: as chosen here, else the browser's.
import type { i18n } from 'i18next';
import { type Language, preferredLanguage, startTexts } from '../texts/texts.ts';
import { deviceStorage } from './device-storage.ts';

const name = 'language';

/** Starts the texts; the page's own language attribute follows. */
export const startLanguage = async (): Promise<i18n> => {
  const chosen = deviceStorage.load(name);
  const texts = await startTexts(preferredLanguage(chosen === undefined ? navigator.languages : [chosen]));
  const show = (language: string): void => {
    document.documentElement.lang = language === 'zh' ? 'zh-Hans' : language;
  };
  texts.on('languageChanged', show);
  show(texts.language);
  return texts;
};

/** Changes the language here and from now on. */
export const chooseLanguage = async (texts: i18n, language: Language): Promise<void> => {
  deviceStorage.save(name, language);
  await texts.changeLanguage(language);
};
