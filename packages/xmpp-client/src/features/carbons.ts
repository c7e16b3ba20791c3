// Message carbons: what one's other devices send and receive (XEP-0280).
import { namespaces } from '@parlance/xmpp/namespaces';
import { type Carbon, carbonsSwitch, readCarbon } from '@parlance/xmpp/wire/xep-0280.carbons';
import type { XmppClient } from '../client.ts';
import type { Stop } from '../emitter.ts';

const isWrapper = ({ ns, name }: { readonly ns: string; readonly name: string }): boolean =>
  ns === namespaces.carbons && (name === 'sent' || name === 'received');

/**
 * Switches carbons on for every new session and hands on each copy. A wrapper that does not come from the account itself
 * is a forgery: nobody sees it (§11; checklist 23).
 */
export const carbons = (client: XmppClient, hear: (carbon: Carbon) => void): Stop => {
  const stops = [
    client.on('online', () => {
      // A server without carbons answers with an error, which changes nothing.
      client.request('set', carbonsSwitch(true)).catch(() => undefined);
    }),
    client.take('message', (message) => {
      if (!message.elements().some(isWrapper)) return false;
      const genuine = client.isFromAccount(message);
      const carbon = genuine ? readCarbon(message, message.attr('from') ?? client.account) : undefined;
      if (carbon !== undefined) hear(carbon);
      return true;
    }),
  ];
  return () => {
    for (const stop of stops) stop();
  };
};
