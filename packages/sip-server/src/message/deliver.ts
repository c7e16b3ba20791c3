// The SIP adapter of the router: a message to the chosen phones, once its batch is on disk (RFC 3428 §4; ADR 0003, 0007).
import type { Batch, Participant } from '@parlance/core/commit-loop';
import type { Adapter, Delivery } from '@parlance/core/router';
import type { Session } from '@parlance/core/session';
import type { TraceStep } from '@parlance/core/trace';
import type { SipContext } from '../context.ts';
import { Binding } from '../registrar/binding.ts';
import type { BindingChange, Bindings } from '../registrar/bindings.ts';
import { DeviceQueue } from './device-queue.ts';
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
  readonly #queues = new Map<Binding, DeviceQueue>();

  constructor(context: SipContext, bindings: Bindings) {
    this.#context = context;
    bindings.onChange.on('act', (change) => this.#changed(change));
  }

  deliver(delivery: Delivery, chosen: readonly Session[]): readonly TraceStep[] {
    if (delivery.role === 'sent') return [];
    const phones = chosen.filter((session): session is Binding => session instanceof Binding);
    if (phones.length === 0) return [];
    const { native } = delivery.envelope;
    const kept =
      native.protocol === 'sip' ? readPayload(native.payload()) : this.#context.fromForeign(native.payload());
    if (kept === undefined) return [];
    const place = delivery.sequence ?? this.#context.random.token(64);
    this.#context.commits.join(
      new Handover(() => {
        for (const phone of phones) this.#queueOf(phone).push({ place, kept });
      }),
    );
    return phones.map(({ label, account, remote }) => ({
      row: `${account.address}/${label}`,
      remote,
      action: 'delivered',
    }));
  }

  #queueOf(binding: Binding): DeviceQueue {
    const found = this.#queues.get(binding);
    if (found !== undefined) return found;
    const queue = new DeviceQueue(this.#context, binding);
    this.#queues.set(binding, queue);
    queue.wake();
    return queue;
  }

  #changed({ binding, kind }: BindingChange): undefined {
    if (kind === 'ended') this.#queues.delete(binding);
    else this.#queueOf(binding).wake();
    return undefined;
  }
}
