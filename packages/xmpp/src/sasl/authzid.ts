// Who may act as whom: nobody as anybody but himself (RFC 6120 §6.3.8, §6.6; checklist 12).
import { parseJid } from '../jid.ts';

/**
 * Whether the authenticated account, a prepared `local@domain`, may act as the identity that was asked for. An empty one
 * means his own; any other must be his own bare address. The only place where this is decided, for every mechanism.
 */
export const mayActAs = (authzid: string, account: string): boolean => {
  if (authzid === '') return true;
  const jid = parseJid(authzid);
  return jid !== undefined && jid.resource === '' && `${jid.local}@${jid.domain}` === account;
};
