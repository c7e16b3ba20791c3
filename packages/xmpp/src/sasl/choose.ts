// Which mechanism a client takes of those offered, and when it must not go on at all (RFC 5802 §6, XEP-0440 §3).
import type { Crypto } from '@parlance/base/crypto';
import type { ClientMechanism } from './client.ts';
import type { Password } from './kept-keys.ts';
import { bindingTypes, type ScramName, scramNames } from './mechanisms.ts';
import { anonymousClient, plainClient } from './plain-client.ts';
import { ScramClient } from './scram-client.ts';
import type { BindingFlag } from './scram-messages.ts';
import type { Bindings } from './scram-server.ts';

/** What the server announced in its stream features. */
export interface Offer {
  readonly mechanisms: readonly string[];
  /** XEP-0440; undefined when it announced none. */
  readonly bindingTypes: readonly string[] | undefined;
}

export interface ClientMeans {
  readonly crypto: Crypto;
  /** Unpredictable, printable, without a comma. */
  readonly nonce: () => string;
  /** The local part of the address; '' to be anonymous. */
  readonly user: string;
  /** With keys that were kept, only the mechanisms of their hash can be used. */
  readonly password: Password;
  /** What this channel can be bound by; empty where the platform does not tell. */
  readonly bindings: Bindings;
  /** PLAIN may be used: the channel is encrypted to the server itself. */
  readonly plaintext: boolean;
}

/** `downgraded`: somebody between changed the offer; authentication must not be tried. */
export type Choice = ClientMechanism | 'downgraded' | 'none-usable';

/** How to bind: rules 2 to 7 of XEP-0440 §3. */
const bindingFlag = (
  { mechanisms, bindingTypes: announced }: Offer,
  bindings: Bindings,
): BindingFlag | 'downgraded' => {
  if (bindings.size === 0) return 'n';
  const plus = scramNames.some((each) => each.plus && mechanisms.includes(each.name));
  if (!plus) return announced === undefined || announced.length === 0 ? 'y' : 'downgraded';
  const offered = announced ?? ['tls-server-end-point'];
  const type = bindingTypes.find((each) => offered.includes(each) && bindings.has(each));
  if (type !== undefined) return { type };
  return offered.includes('tls-server-end-point') ? 'n' : 'downgraded';
};

const scram = (means: ClientMeans, { name, hash }: ScramName, flag: BindingFlag): ClientMechanism =>
  new ScramClient({
    crypto: means.crypto,
    name,
    hash,
    user: means.user,
    password: means.password,
    nonce: means.nonce(),
    flag,
    binding: typeof flag === 'object' ? means.bindings.get(flag.type) : undefined,
  });

/** The strongest mechanism that both sides have, ready to begin. */
export const chooseMechanism = (offer: Offer, means: ClientMeans): Choice => {
  const offered = (name: string): boolean => offer.mechanisms.includes(name);
  if (means.user === '') return offered('ANONYMOUS') ? anonymousClient : 'none-usable';
  const flag = bindingFlag(offer, means.bindings);
  if (flag === 'downgraded') return flag;
  const { password } = means;
  const best = scramNames.find(
    ({ name, plus, hash }) =>
      offered(name) && plus === (typeof flag === 'object') && (typeof password === 'string' || password.hash === hash),
  );
  if (best !== undefined) return scram(means, best, flag);
  const plain = means.plaintext && offered('PLAIN') && typeof password === 'string';
  return plain ? plainClient(means.user, password) : 'none-usable';
};
