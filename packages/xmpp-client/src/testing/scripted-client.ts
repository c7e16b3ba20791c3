// The client that a scripted server admits: juliet@one.example.
import { type ClientOptions, XmppClient } from '../client.ts';
import { systemPlatform } from '../platform.ts';
import type { ScriptedServer } from './scripted-server.ts';

/** Not yet connected. On the system's clock, unless the options say otherwise. */
export const clientOf = (
  server: ScriptedServer,
  options: Partial<Pick<ClientOptions, 'platform' | 'fault'>> = {},
): XmppClient =>
  new XmppClient({
    address: 'juliet@one.example',
    password: 'secret',
    transport: server.transport(),
    platform: systemPlatform,
    ...options,
  });
