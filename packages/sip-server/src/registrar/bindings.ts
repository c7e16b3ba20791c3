// All bindings of this server: in the address table, on disk, ended when their time is over (RFC 3261 §10.3, ADR 0013).
import type { Timer } from '@parlance/base/clock';
import { HookPoint } from '@parlance/base/hook';
import type { Account } from '@parlance/core/account';
import type { SessionId } from '@parlance/core/ids';
import type { StoredBinding, Write } from '@parlance/core/store';
import type { Flow } from '@parlance/sip/flow';
import type { SipContext } from '../context.ts';
import { Binding, type BindingState } from './binding.ts';

/** What became of a binding. */
export interface BindingChange {
  readonly binding: Binding;
  readonly kind: 'created' | 'refreshed' | 'ended';
}

type Parts = Pick<SipContext, 'clock' | 'random' | 'log' | 'table' | 'accounts' | 'commits' | 'stores'>;

export class Bindings {
  /** After the row is in the table, or out of it. */
  readonly onChange = new HookPoint<BindingChange>('binding changed');
  readonly #parts: Parts;
  readonly #timers = new Map<Binding, Timer>();
  readonly #byFlow = new Map<Flow, Set<Binding>>();

  constructor(parts: Parts) {
    this.#parts = parts;
  }

  /** An account's bindings, in the order in which they came. */
  of(account: Account): readonly Binding[] {
    return this.#parts.table.sessions(account.address).filter((row): row is Binding => row instanceof Binding);
  }

  get size(): number {
    return this.#timers.size;
  }

  /** A new row. The caller waits for the batch before it answers. */
  create(account: Account, label: string, state: BindingState, expires: number, flow: Flow): Binding {
    const id = `sip-${this.#parts.random.token(128)}` as SessionId;
    const binding = new Binding(id, account, label, state, expires);
    this.#parts.table.add(binding);
    this.#attach(binding, flow);
    this.#store(binding);
    this.#await(binding);
    this.onChange.run({ binding, kind: 'created' });
    return binding;
  }

  refresh(binding: Binding, state: BindingState, expires: number, flow: Flow): void {
    binding.state = state;
    binding.expires = expires;
    this.#detach(binding);
    this.#attach(binding, flow);
    this.#store(binding);
    this.#await(binding);
    this.onChange.run({ binding, kind: 'refreshed' });
  }

  end(binding: Binding): void {
    if (!this.#timers.has(binding)) return;
    this.#timers.get(binding)?.cancel();
    this.#timers.delete(binding);
    this.#detach(binding);
    this.#parts.table.remove(binding);
    this.#parts.commits.owe(this.#parts.stores.bindings.remove(binding.id));
    this.onChange.run({ binding, kind: 'ended' });
  }

  /** A connection is gone: what was registered over it is not used any more, and ends when it was a flow (RFC 5626 §7). */
  closed(flow: Flow): void {
    for (const binding of [...(this.#byFlow.get(flow) ?? [])])
      if (binding.state.path.length === 0) this.end(binding);
      else binding.flow = undefined;
    this.#byFlow.delete(flow);
  }

  /** Brings back what the last process had. Connections of that time are gone; who registered by UDP can be reached. */
  async restore(): Promise<void> {
    const now = this.#parts.clock.now();
    for (const stored of await this.#parts.stores.bindings.all()) {
      const account = stored.expires > now ? await this.#parts.accounts.load(stored.address) : null;
      const binding = account === null ? undefined : restored(account, stored);
      if (binding === undefined || !binding.connected)
        this.#parts.commits.owe(this.#parts.stores.bindings.remove(stored.id));
      else {
        this.#parts.table.add(binding);
        this.#await(binding);
        this.onChange.run({ binding, kind: 'created' });
      }
    }
  }

  close(): void {
    for (const timer of this.#timers.values()) timer.cancel();
    this.#timers.clear();
  }

  #store(binding: Binding): void {
    this.#parts.commits.write(this.#row(binding));
  }

  #row({ id, account, expires, label, state }: Binding): Write {
    return this.#parts.stores.bindings.put({
      id,
      account: account.id,
      expires,
      state: JSON.stringify({ label, ...state }),
    });
  }

  #await(binding: Binding): void {
    this.#timers.get(binding)?.cancel();
    const left = binding.expires - this.#parts.clock.now();
    this.#timers.set(
      binding,
      this.#parts.clock.after(Math.max(left, 0), () => this.end(binding)),
    );
  }

  #attach(binding: Binding, flow: Flow): void {
    binding.flow = flow;
    // One of UDP is never gone, and is another object each time.
    if (!flow.reliable) return;
    const others = this.#byFlow.get(flow);
    if (others === undefined) this.#byFlow.set(flow, new Set([binding]));
    else others.add(binding);
  }

  #detach(binding: Binding): void {
    const { flow } = binding;
    if (flow === undefined) return;
    const others = this.#byFlow.get(flow);
    others?.delete(binding);
    if (others?.size === 0) this.#byFlow.delete(flow);
    binding.flow = undefined;
  }
}

/** A row of our own writing. */
const restored = (account: Account, { id, expires, state }: StoredBinding): Binding => {
  const { label, ...rest } = JSON.parse(state) as BindingState & { readonly label: string };
  return new Binding(id, account, label, rest, expires);
};
