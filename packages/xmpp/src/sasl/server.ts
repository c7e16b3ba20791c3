// The server's half of an authentication, whatever the mechanism: messages in, steps out (RFC 4422 §3).
import type { HashName } from '@parlance/base/crypto';
import type { SaslCondition } from './failure.ts';

/** Who was authenticated. Whether he may act as `authzid` is decided once, by the caller ('' when he asked for nothing). */
export interface SaslIdentity {
  /** The authentication identity as it was sent; '' for somebody anonymous. */
  readonly user: string;
  readonly authzid: string;
}

export type ServerStep =
  | { readonly step: 'challenge'; readonly data: Uint8Array }
  | { readonly step: 'success'; readonly data: Uint8Array | undefined; readonly identity: SaslIdentity }
  | { readonly step: 'failure'; readonly condition: SaslCondition };

export interface ServerMechanism {
  /** Handles one message of the client. Nothing may be given to it after a success or a failure. */
  respond(message: Uint8Array): ServerStep | Promise<ServerStep>;
}

/** What is stored of a password. For a user who does not exist it looks as real, and `known` is false (checklist 16). */
export interface Verifier {
  readonly known: boolean;
  readonly hash: HashName;
  readonly salt: Uint8Array;
  readonly rounds: number;
  readonly storedKey: Uint8Array;
  readonly serverKey: Uint8Array;
}

export const failure = (condition: SaslCondition): ServerStep => ({ step: 'failure', condition });

const decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

/** The text of a message; undefined when it is not UTF-8. */
export const textOf = (message: Uint8Array): string | undefined => {
  try {
    return decoder.decode(message);
  } catch {
    return undefined;
  }
};
