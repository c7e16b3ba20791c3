// Which language a person at a terminal reads: that of the locale (POSIX: LC_ALL, LC_MESSAGES, LANG).
import { english, type Texts } from './en.ts';
import { chinese } from './zh.ts';

/** The texts for a locale such as `zh_CN.UTF-8`; English for what we do not speak. */
export const textsFor = (environment: Readonly<Record<string, string | undefined>>): Texts => {
  const names = ['LC_ALL', 'LC_MESSAGES', 'LANG'] as const;
  const locale = names.map((name) => environment[name]).find((value) => value !== undefined && value !== '');
  return locale?.toLowerCase().startsWith('zh') === true ? chinese : english;
};
