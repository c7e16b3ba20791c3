// Addresses of accounts as people write them (RFC 7622).
import { type Address, addressOf } from '@parlance/core/ids';
import { parseJid } from '@parlance/xmpp/jid';
import { ControlRefusal } from './requests.ts';

/** The address of an account as a person wrote it, prepared (RFC 7622). */
export const tryPrepare = (written: string): Address | undefined => {
  const jid = parseJid(written);
  return jid === undefined || jid.local === '' || jid.resource !== '' ? undefined : addressOf(jid.local, jid.domain);
};

/** As `tryPrepare`; what is no such address is refused. */
export const prepare = (written: string): Address => {
  const address = tryPrepare(written);
  if (address === undefined) throw new ControlRefusal('address-malformed', written);
  return address;
};
