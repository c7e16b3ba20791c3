// What HA1 rows are made and opened with: their key lies beside the database, not in it (DESIGN §2, ADR 0013).
import type { Ha1Ports } from '@parlance/core/ha1';
import type { Configuration } from '../config/configuration.ts';
import { systemDigest } from '../ports/digest.ts';
import { aesVault } from '../ports/vault.ts';
import { dataKey } from './data-keys.ts';

/** How this installation keeps passwords for phones. */
export interface PhonePasswords {
  readonly ha1: Ha1Ports;
  /** Phones may use the account's own password. */
  readonly accountPassword: boolean;
}

export const phonePasswords = ({ data, sip }: Pick<Configuration, 'data' | 'sip'>): PhonePasswords => ({
  ha1: { hash: systemDigest, vault: aesVault(dataKey(data, 'sip-ha1', 32)) },
  accountPassword: sip.accountPassword,
});
