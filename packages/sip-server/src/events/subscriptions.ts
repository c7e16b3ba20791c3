// All subscriptions to what this server knows: soft state, gone with the process; phones subscribe again (RFC 6665 §4.2.4).
import { HookPoint } from '@parlance/base/hook';
import type { Address } from '@parlance/core/ids';
import type { Subscription } from './subscription.ts';

/** Of one account at a time, and of all. */
const mostOfOne = 500;
const mostOfAll = 100_000;

const nobody: ReadonlySet<Subscription> = new Set();

export class Subscriptions {
  /** One has begun, stands otherwise, or is over. */
  readonly onChange = new HookPoint<Subscription>('subscription');
  readonly #byName = new Map<string, Subscription>();
  readonly #byResource = new Map<string, Set<Subscription>>();
  readonly #counts = new Map<Address, number>();

  get size(): number {
    return this.#byName.size;
  }

  /** Whether one more of this watcher fits. */
  hasRoom(watcher: Address): boolean {
    return this.size < mostOfAll && this.ofWatcher(watcher) < mostOfOne;
  }

  /** How many one watcher has. */
  ofWatcher(watcher: Address): number {
    return this.#counts.get(watcher) ?? 0;
  }

  find(name: string): Subscription | undefined {
    return this.#byName.get(name);
  }

  /** Who watches an address by a package. */
  of(name: string, address: Address): ReadonlySet<Subscription> {
    return this.#byResource.get(keyOf(name, address)) ?? nobody;
  }

  add(subscription: Subscription): void {
    const { name, watcher } = subscription;
    this.#byName.set(name, subscription);
    const key = keyOf(subscription.package.name, subscription.address);
    const others = this.#byResource.get(key);
    if (others === undefined) this.#byResource.set(key, new Set([subscription]));
    else others.add(subscription);
    this.#counts.set(watcher, this.ofWatcher(watcher) + 1);
    this.onChange.run(subscription);
  }

  remove(subscription: Subscription): void {
    if (this.#byName.get(subscription.name) !== subscription) return;
    this.#byName.delete(subscription.name);
    const key = keyOf(subscription.package.name, subscription.address);
    const others = this.#byResource.get(key);
    others?.delete(subscription);
    if (others?.size === 0) this.#byResource.delete(key);
    const { watcher } = subscription;
    const left = this.ofWatcher(watcher) - 1;
    if (left === 0) this.#counts.delete(watcher);
    else this.#counts.set(watcher, left);
    this.onChange.run(subscription);
  }

  *all(): Iterable<Subscription> {
    yield* [...this.#byName.values()];
  }
}

const keyOf = (name: string, address: Address): string => `${name} ${address}`;
