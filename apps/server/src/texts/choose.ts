// Which language a person reads: the one that the configuration names, else that of the locale (POSIX: LC_ALL, LC_MESSAGES, LANG).
import type { Configuration } from '../config/configuration.ts';
import { english, type Texts } from './en.ts';
import { chinese } from './zh.ts';

/** The texts for a locale such as `zh_CN.UTF-8`; English for what we do not speak. */
export const textsFor = (environment: Readonly<Record<string, string | undefined>>): Texts => {
  const names = ['LC_ALL', 'LC_MESSAGES', 'LANG'] as const;
  const locale = names.map((name) => environment[name]).find((value) => value !== undefined && value !== '');
  return locale?.toLowerCase().startsWith('zh') === true ? chinese : english;
};

/** The texts that a configuration asks for, else those of the locale. */
export const textsOf = ({ language }: Configuration, otherwise: Texts): Texts =>
  language === undefined ? otherwise : { en: english, zh: chinese }[language];
