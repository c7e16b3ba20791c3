// A contact: permission (may they watch me) and interest (do I want to watch them) are two things (ADR 0006).
import type { Address } from './ids.ts';

/** May this contact watch me? One answer for XMPP subscriptions and SIP watcher rules alike. */
export type Permission = 'none' | 'pending' | 'allow' | 'polite-block' | 'block';

/** Do I want to watch this contact? `asked` until they allow it. */
export type Interest = 'none' | 'asked' | 'granted';

export interface Contact {
  /** `local@domain`, or a bare domain for services. */
  readonly address: Address;
  readonly permission: Permission;
  readonly interest: Interest;
  /** Approved before being asked and still standing beside an allowance (RFC 6121 §3.4). */
  readonly approved: boolean;
  /** False for a mere pending request, which is not a roster item (RFC 6121 §3.1.3). */
  readonly listed: boolean;
  readonly name: string;
  readonly groups: readonly string[];
  /** The request that waits while `permission` is pending: native payload, kept for the next session. */
  readonly request: string;
  /** The roster version at which this row last changed. */
  readonly version: number;
}

/** The row of somebody of whom nothing is known: the state None of RFC 6121 Appendix A.1. */
export const stranger = (address: Address, version: number): Contact => ({
  address,
  permission: 'none',
  interest: 'none',
  approved: false,
  listed: false,
  name: '',
  groups: [],
  request: '',
  version,
});

/** Whether a row says anything that a stranger's does not: only then it is kept. */
export const isKnown = ({ permission, interest, approved, listed }: Contact): boolean =>
  listed || approved || permission !== 'none' || interest !== 'none';
