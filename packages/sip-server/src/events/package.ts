// An event package: who may watch what of whom, and how it is told (RFC 6665 §5).
import type { HookPoint } from '@parlance/base/hook';
import type { Account } from '@parlance/core/account';
import type { Address } from '@parlance/core/ids';

/**
 * What a watcher is allowed: all; nothing yet, nobody has decided; to believe that it is allowed while it sees nobody (polite
 * block); nothing at all (RFC 5025 §3.2.1).
 */
export type Standing = 'active' | 'pending' | 'closed' | 'refused';

/** One notification's content. */
export interface EventState {
  readonly body: Uint8Array;
  /** The same for the same content, where it does not count notifications (RFC 5839 §4.1). */
  readonly tag?: string;
}

/** Who is told what. */
export interface Watching {
  readonly address: Address;
  readonly watcher: Address;
  readonly standing: Standing;
}

export interface EventPackage {
  readonly name: string;
  /** The media type of its notifications. */
  readonly type: string;
  /** Seconds of a subscription that says none. */
  readonly seconds: number;
  /** Of this address there is something new to be told. */
  readonly onChange: HookPoint<Address>;
  /** `owner`: null when nobody has the address. */
  standing(owner: Account | null, address: Address, watcher: Address): Standing;
  /** Somebody is about to watch whom nobody has decided about. */
  begin?(watcher: Account, owner: Account | null, address: Address): unknown;
  /** `version`: how many notifications of this subscription came before. */
  state(watching: Watching, version: number): EventState;
}

/** Packages that are for the account itself and for nobody else. */
export const forOwner = (address: Address, watcher: Address): Standing => (address === watcher ? 'active' : 'refused');
