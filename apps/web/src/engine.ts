// What the first screen does not need: the client of the protocol and the model, put together for this browser.
import { Chat } from '@parlance/chat/session/chat';
import { systemPlatform } from '@parlance/xmpp-client/platform';
import { browserWebSocket } from '@parlance/xmpp-client/transports/websocket-browser';
import { accountStorage } from './platform/device-storage.ts';
import { openPage } from './platform/pages.ts';
import { socketUrl } from './platform/place.ts';
import { rememberSession } from './platform/tab-session.ts';

/** `language` is the one in which the server writes for people. */
export const openChat = (language: string, fault: (error: unknown) => void): Chat =>
  new Chat({
    platform: systemPlatform,
    transport: browserWebSocket(socketUrl()),
    storageOf: accountStorage,
    pages: openPage(),
    language,
    remember: rememberSession,
    fault,
  });
