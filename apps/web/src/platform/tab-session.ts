// Who is signed in in this tab, so that a reload goes on: kept in the tab's storage, forgotten with the tab or by signing out.
import type { Remembered } from '@parlance/chat/session/chat';
import { readRemembered, writeRemembered } from '@parlance/chat/session/remembered';
import { loadJson } from '@parlance/chat/storage';
import { tabStorage } from './device-storage.ts';

const name = 'session';

export const rememberSession = (session: Remembered | undefined): void =>
  tabStorage.save(name, session === undefined ? undefined : writeRemembered(session));

export const rememberedSession = (): Remembered | undefined => readRemembered(loadJson(tabStorage, name));
