// Digest authentication of a running server: over the core's accounts, told of every change of what opens them.
import type { Address } from '@parlance/core/ids';
import { Authenticator } from '@parlance/sip-server/auth/authenticator';
import type { Configuration } from '../config/configuration.ts';
import type { Core } from './core.ts';
import { phonePasswords } from './ha1.ts';
import type { Ports } from './ports.ts';

export interface AuthenticatorWiring extends Ports {
  readonly configuration: Configuration;
  readonly core: Pick<Core, 'accounts' | 'membership' | 'stores'>;
  /** An address from a user name and a domain (RFC 8265). */
  readonly addressFrom: (user: string, domain: string) => Address | undefined;
}

export const composeAuthenticator = ({ configuration, core, addressFrom, ...ports }: AuthenticatorWiring): Authenticator => {
  const { accounts, membership, stores } = core;
  const { ha1, accountPassword } = phonePasswords(configuration);
  const { digestMd5: md5, requireTls } = configuration.sip;
  const nonceKey = ports.random.bytes(32);
  const parts = { ...ports, ...ha1, accounts, stores, accountPassword, md5, requireTls, nonceKey, addressFrom };
  const authenticator = new Authenticator(parts);
  membership.onCredentials.on('act', (address) => void authenticator.forget(address));
  membership.onRemove.on('act', ({ address }) => void authenticator.forget(address));
  membership.onSuspend.on('act', ({ address }) => void authenticator.forget(address));
  return authenticator;
};
