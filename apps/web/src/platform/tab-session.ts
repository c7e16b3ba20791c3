// Who is signed in in this tab, so that a reload goes on: kept in the tab's storage, forgotten with the tab or by signing out.
import { loadJson } from '@parlance/chat/storage';
import { tabStorage } from './device-storage.ts';

export interface SignedIn {
  readonly address: string;
  readonly password: string;
}

const name = 'session';

export const rememberSession = (session: SignedIn | undefined): void =>
  tabStorage.save(name, session === undefined ? undefined : JSON.stringify(session));

export const rememberedSession = (): SignedIn | undefined => {
  const { address, password } = (loadJson(tabStorage, name) ?? {}) as Readonly<Record<string, unknown>>;
  return typeof address === 'string' && typeof password === 'string' ? { address, password } : undefined;
};
