// The visiting card (XEP-0054).
import { type Element, el } from '@parlance/xml/element';
import { namespaces } from '@parlance/xmpp/namespaces';
import type { XmppClient } from '../client.ts';
import { StanzaError } from '../errors.ts';

/** The card of an account, one's own when no address is given; undefined when there is none (§3.1, §3.3). */
export const fetchVcard = async (client: XmppClient, address?: string): Promise<Element | undefined> => {
  try {
    return await client.request('get', el('vCard', namespaces.vcard), address);
  } catch (error) {
    if (error instanceof StanzaError && error.condition === 'item-not-found') return undefined;
    throw error;
  }
};

/** Replaces one's own card (§3.2). */
export const storeVcard = async (client: XmppClient, card: Element): Promise<void> => {
  await client.request('set', card);
};
