// What people read who register in-band, in English and Chinese, by the language of their stream (RFC 6120 §4.7.4).

import { answerLanguage, type Language } from '../header.ts';

export interface RegistrationTexts {
  readonly choose: string;
  readonly change: string;
}

const texts: Readonly<Record<Language, RegistrationTexts>> = {
  en: {
    choose: 'Choose a user name and a password.',
    change: 'You are registered. To change your password, give a new one.',
  },
  zh: {
    choose: '请选择用户名和密码。',
    change: '您已注册。如需更改密码，请输入新密码。',
  },
};

export const registrationTexts = (language: string | undefined): RegistrationTexts => texts[answerLanguage(language)];
