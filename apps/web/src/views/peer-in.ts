// Whom the page's address names.
import { formatJid, parseJid } from '@parlance/xmpp/jid';

/** The bare address that the page's address names; undefined when it names none, or what cannot be one. */
export const peerIn = (hash: string): string | undefined => {
  if (!hash.startsWith('#/')) return undefined;
  try {
    const jid = parseJid(decodeURIComponent(hash.slice(2)));
    return jid && formatJid({ ...jid, resource: '' });
  } catch {
    return undefined;
  }
};
