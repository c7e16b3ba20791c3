// The SIP adapter of the router: a message to the chosen phones, once its batch is on disk (RFC 3428 §4; ADR 0003, 0007).
import type { Batch, Participant } from '@parlance/core/commit-loop';
import type { Adapter, Delivery } from '@parlance/core/router';
import type { Session } from '@parlance/core/session';
import type { TraceStep } from '@parlance/core/trace';
import type { SipContext } from '../context.ts';
import { Binding } from '../registrar/binding.ts';
import type { BindingChange, Bindings } from '../registrar/bindings.ts';
import { DeviceQueue, type Item } from './device-queue.ts';
import { copyOf } from './forms.ts';
import { readPayload } from './payload.ts';

/** Hands one message over when it is on disk; never when it is not. */
class Handover implements Participant {
  readonly #run: () => void;

  constructor(run: () => void) {
    this.#run = run;
  }

  snapshot(): undefined {
    return undefined;
  }

  settled({ state }: Batch): void {
    if (state === 'committed') this.#run();
  }
}

export class SipAdapter implements Adapter {
  readonly protocol = 'sip';
  readonly #context: SipContext;
  readonly #queues = new Map<string, DeviceQueue>();

  constructor(context: SipContext, bindings: Bindings) {
    this.#context = context;
    bindings.onChange.on('act', (change) => this.#changed(change));
  }

  deliver(delivery: Delivery, chosen: readonly Session[], others: readonly Session[]): readonly TraceStep[] {
    const { role, source, envelope } = delivery;
    const phones = role === 'sent' ? copied(others, source) : chosen.filter(isBinding);
    // That somebody types is nobody's news on his own other phones.
    if (phones.length === 0 || (role === 'sent' && envelope.keep.passing === true)) return [];
    const item = this.#itemOf(delivery);
    if (item === undefined) return [];
    this.#context.commits.join(
      new Handover(() => {
        for (const queue of new Set(phones.map((phone) => this.#queues.get(deviceOf(phone))))) queue?.push(item);
      }),
    );
    return phones.map(({ label, account, remote }) => ({
      row: `${account.address}/${label}`,
      remote,
      action: 'delivered',
    }));
  }

  #itemOf({ envelope, role, sequence }: Delivery): Item | undefined {
    const { native, time } = envelope;
    const kept =
      native.protocol === 'sip' ? readPayload(native.payload()) : this.#context.fromForeign(native.payload());
    if (kept === undefined) return undefined;
    const place = sequence ?? this.#context.random.token(64);
    return role === 'sent' ? { place, kept: copyOf(kept, time), copy: true } : { place, kept, copy: false };
  }

  #queueOf(binding: Binding): DeviceQueue {
    const name = deviceOf(binding);
    const found = this.#queues.get(name);
    if (found !== undefined) return found;
    const queue = new DeviceQueue(this.#context, binding, () => void this.#queues.delete(name));
    this.#queues.set(name, queue);
    return queue;
  }

  #changed({ binding, kind }: BindingChange): undefined {
    if (kind === 'ended') this.#queues.get(deviceOf(binding))?.leave(binding);
    else this.#queueOf(binding).join(binding);
    return undefined;
  }
}

const isBinding = (session: Session): session is Binding => session instanceof Binding;

/** All flows of one phone are one device (RFC 5626 §7); a phone that does not say which it is, is one by itself. */
const deviceOf = ({ id, account, state }: Binding): string =>
  state.instance === undefined ? id : `${account.id} ${state.instance}`;

/** The owner's other phones that take copies of what he sends. */
const copied = (others: readonly Session[], source: Session | undefined): readonly Binding[] => {
  const own = source instanceof Binding ? deviceOf(source) : undefined;
  return others.filter(isBinding).filter((each) => each.state.copies === true && deviceOf(each) !== own);
};
