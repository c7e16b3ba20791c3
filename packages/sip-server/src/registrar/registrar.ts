// The registrar: takes, renews and ends contacts, all of one request or none (RFC 3261 §10.3; RFC 3327, 3608, 5626, 5627).
import type { Account } from '@parlance/core/account';
import type { DeviceId } from '@parlance/core/ids';
import { enquote } from '@parlance/sip/cursor';
import { SipError } from '@parlance/sip/error';
import { Field } from '@parlance/sip/field';
import type { Flow } from '@parlance/sip/flow';
import { contact, writeNameAddr } from '@parlance/sip/headers/name-addr';
import { accept, minExpires, require, supported } from '@parlance/sip/headers/plain';
import { make, type SipRequest } from '@parlance/sip/message';
import type { Answer } from '@parlance/sip/response';
import { readSip } from '@parlance/sip/uri';
import { addressIn, uriOf } from '../addresses.ts';
import type { SipContext } from '../context.ts';
import type { Binding, BindingState } from './binding.ts';
import type { Bindings } from './bindings.ts';
import { meantBy, readWishes, type Wish, type Wishes } from './contacts.ts';

/** Seconds between keep-alives that we ask for (RFC 5626 §5.4); a silent flow is given up after two. */
const flowTimer = 120;

type Parts = Pick<SipContext, 'clock' | 'commits' | 'limits' | 'seal' | 'addressFrom'>;

export class Registrar {
  readonly #parts: Parts;
  readonly #bindings: Bindings;

  constructor(parts: Parts, bindings: Bindings) {
    this.#parts = parts;
    this.#bindings = bindings;
  }

  /**
   * Answers a REGISTER of somebody who may change the contacts of this account; resolves when they are on disk. Rejects with
   * what cannot be read as `SipError`.
   */
  async register(request: SipRequest, flow: Flow, account: Account): Promise<Answer> {
    const wishes = readWishes(request);
    const refusal = wishes.kind === 'change' ? this.#refuse(wishes, account) : undefined;
    if (refusal !== undefined) return refusal;
    if (wishes.kind === 'end-all') this.#endAll(account, wishes);
    if (wishes.kind === 'change') this.#change(request, flow, account, wishes);
    if (wishes.kind !== 'read') await this.#parts.commits.flushed();
    const byFlow = wishes.wishes.some(({ flowNumber }) => flowNumber !== undefined);
    return { status: 200, fields: this.#told(request, account, byFlow) };
  }

  /** Everything is checked before anything is changed (RFC 3261 §10.3 step 7). */
  #refuse({ wishes, path, callId }: Wishes, account: Account): Answer | undefined {
    const { limits } = this.#parts;
    if (wishes.some((wish) => wish.expires > 0 && wish.expires < limits.shortest))
      return { status: 423, fields: [make(minExpires, limits.shortest)] };
    for (const uri of path) readSip(uri);
    // RFC 5627 §5.1: it would lead back to here.
    if (wishes.some(({ uri }) => this.#isSelf(uri, account))) return { status: 403, reason: 'Contact Leads To Itself' };
    const present = this.#bindings.of(account);
    const added = wishes.filter((wish) => wish.expires > 0 && meantBy(wish, callId, present) === undefined).length;
    // Who is over the limit may still renew and end what there is.
    if (added === 0) return undefined;
    return present.length + added > limits.bindings ? { status: 403, reason: 'Too Many Contacts' } : undefined;
  }

  /** The address itself, or a GRUU of it. */
  #isSelf(text: string, { address }: Account): boolean {
    const uri = readSip(text);
    return uri.port === undefined && addressIn(this.#parts, uri) === address;
  }

  #endAll(account: Account, wishes: Wishes): void {
    const present = this.#bindings.of(account);
    for (const binding of present) inOrder(binding, wishes);
    for (const binding of present) this.#bindings.end(binding);
  }

  #change(request: SipRequest, flow: Flow, account: Account, wishes: Wishes): void {
    const meant = (wish: Wish): Binding | undefined => meantBy(wish, wishes.callId, this.#bindings.of(account));
    for (const wish of wishes.wishes) {
      const binding = meant(wish);
      if (binding !== undefined) inOrder(binding, wishes);
    }
    for (const wish of wishes.wishes) {
      const binding = meant(wish);
      if (wish.expires === 0) {
        if (binding !== undefined) this.#bindings.end(binding);
        continue;
      }
      const state = this.#stateOf(request, flow, wish, wishes, binding);
      const expires = this.#parts.clock.now() + Math.min(wish.expires, this.#parts.limits.longest) * 1000;
      if (binding === undefined) this.#bindings.create(account, this.#labelOf(wish), state, expires, flow);
      else this.#bindings.refresh(binding, state, expires, flow);
    }
  }

  #stateOf(
    request: SipRequest,
    flow: Flow,
    wish: Wish,
    { callId, cseq, path }: Wishes,
    old: Binding | undefined,
  ): BindingState {
    return {
      contact: wish.uri,
      parameters: wish.parameters,
      callId,
      cseq,
      q: wish.q,
      since: old?.since ?? this.#parts.clock.now(),
      instance: wish.instance,
      flowNumber: wish.flowNumber,
      path,
      userAgent: (request.text('user-agent') ?? '').slice(0, 100),
      // Phones that do not say who they are share one place in the mailbox.
      device: (wish.instance?.slice(0, 100) ?? 'phone') as DeviceId,
      remote: flow.remote,
      transport: flow.transport,
      copies: request.all(accept).some(({ value }) => value === 'message/cpim'),
    };
  }

  /** What others see as this phone's name: the same each time, and nothing that the phone would not tell (RFC 5627 §5.4). */
  #labelOf({ instance, flowNumber, uri }: Wish): string {
    return `phone-${this.#parts.seal('label', instance ?? uri, `${flowNumber ?? ''}`).slice(0, 8)}`;
  }

  /** The contacts as they are now, and what else a phone must know (RFC 3261 §10.3 step 8). */
  #told(request: SipRequest, account: Account, byFlow: boolean): readonly Field[] {
    const now = this.#parts.clock.now();
    const bindings = this.#bindings.of(account);
    const options = request.all(supported);
    const fields = bindings.map(({ state, expires }) => {
      const left = { name: 'expires', value: `${Math.max(0, Math.ceil((expires - now) / 1000))}` };
      const gruu = options.includes('gruu') ? gruuOf(account, state) : [];
      const parameters = [...state.parameters, ...gruu, left];
      return Field.make(contact.id, writeNameAddr({ display: '', uri: state.contact, parameters }));
    });
    if (byFlow && options.includes('outbound'))
      fields.push(make(require, 'outbound'), Field.make('flow-timer', `${flowTimer}`));
    for (const field of request.fields) if (field.id === 'path') fields.push(field);
    fields.push(Field.make('date', new Date(now).toUTCString()));
    return fields;
  }
}

/**
 * The public GRUU of a phone: its address, and which of its devices (RFC 5627 §5.2, §5.4). For instances that stand in a URI as
 * they are: what a GRUU names is compared with them.
 */
const gruuOf = ({ address }: Account, { instance }: BindingState): BindingState['parameters'] => {
  const [, urn] = /^<(urn:[\w:.+-]+)>$/.exec(instance ?? '') ?? [];
  return urn === undefined ? [] : [{ name: 'pub-gruu', value: enquote(`${uriOf(address)};gr=${urn}`) }];
};

/** Of one call, a later request has a higher number; what comes late is refused (RFC 3261 §10.3 step 7). */
const inOrder = ({ state }: Binding, { callId, cseq }: Wishes): void => {
  if (state.callId === callId && cseq <= state.cseq) throw new SipError(500, 'Registration Out Of Order');
};
