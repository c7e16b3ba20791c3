// Language and appearance: kept on this device, in force at once.
import type { ReactElement } from 'react';
import { useTranslation } from 'react-i18next';
import { Segments } from '../design/choice.tsx';
import { chooseLanguage } from '../platform/language.ts';
import { chooseTheme, theme } from '../platform/theme.ts';
import { type Language, languages } from '../texts/texts.ts';
import { useReadable } from './readable.ts';

export const LanguageChoice = (): ReactElement => {
  const { t, i18n } = useTranslation();
  const current: Language = i18n.language === 'zh' ? 'zh' : 'en';
  return (
    <Segments
      label={t('settings.language')}
      value={current}
      options={languages}
      onChange={(language) => void chooseLanguage(i18n, language)}
    />
  );
};

export const ThemeChoice = (): ReactElement => {
  const { t } = useTranslation();
  const options = (['system', 'light', 'dark'] as const).map((value) => ({ value, label: t(`settings.${value}`) }));
  return <Segments label={t('settings.theme')} value={useReadable(theme)} options={options} onChange={chooseTheme} />;
};
