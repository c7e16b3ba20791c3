// The calling side of an INVITE: its dialogs, the ACK to each 2xx, PRACK, and CANCEL (RFC 3261 §13.2, §9.1; RFC 3262 §4).
import type { Field } from '../field.ts';
import type { Flow } from '../flow.ts';
import { tagOf, to } from '../headers/name-addr.ts';
import { cseq, require } from '../headers/plain.ts';
import { rack, rseq } from '../headers/reliable.ts';
import { make, type SipRequest, type SipResponse } from '../message.ts';
import { serialise } from '../serialise.ts';
import type { ClientTransaction, ClientUser } from '../transaction/client.ts';
import type { Transactions } from '../transaction/transactions.ts';
import { type Content, Dialog } from './dialog.ts';

/** Sends the ACK, or the PRACK, with an answer or an offer if there is one; once, later calls do nothing. */
export type Acknowledge = (content?: Content, answered?: (response: SipResponse) => void) => void;

/** `cancelled`: we took the INVITE back; whatever 2xx crossed that has been acknowledged and ended with BYE. */
export type Refusal = SipResponse | 'timeout' | 'failed' | 'cancelled';

/** Whoever calls. */
export interface Caller {
  /** The peer rings. `acknowledge`: it wants to know that this was heard, and sends it again until then. */
  progress(response: SipResponse, dialog: Dialog | undefined, acknowledge: Acknowledge | undefined): void;
  /** A 2xx, once for each dialog: a forked INVITE may begin several. Each must be acknowledged, and those not wanted ended by BYE. */
  accepted(response: SipResponse, dialog: Dialog, acknowledge: Acknowledge): void;
  /** There is no dialog and there will be none. */
  refused(refusal: Refusal): void;
  /** No further dialog can begin, and early ones are over. */
  ended(): void;
}

export interface InviteClientParts {
  readonly transactions: Transactions;
  /** The flow to the next hop of a request within a dialog, by its Route or Request-URI. Undefined when there is none. */
  readonly way: (request: SipRequest) => Flow | undefined;
  readonly caller: Caller;
  /** The INVITE is one within this dialog, made by its `request`. */
  readonly dialog?: Dialog;
}

/** Dialogs that one INVITE may begin; what answers beyond is ignored. */
const mostDialogs = 16;

/** One dialog of the INVITE. */
interface Branch {
  readonly dialog: Dialog;
  /** The last reliable provisional response. */
  rseq: number | undefined;
  accepted: boolean;
  /** Sends the ACK again. */
  resend: (() => void) | undefined;
}

const nothing = (): void => undefined;
const silent: ClientUser = { response: nothing, timeout: nothing, failed: nothing };

export class InviteClient {
  readonly #parts: InviteClientParts;
  readonly #transaction: ClientTransaction;
  readonly #branches = new Map<string, Branch>();
  #cancelled = false;
  #refused = false;

  /** Sends the INVITE, which has a Contact. */
  constructor(request: SipRequest, flow: Flow, parts: InviteClientParts) {
    this.#parts = parts;
    const { dialog } = parts;
    if (dialog !== undefined) {
      dialog.inviting = 'ours';
      this.#add(tagOf(dialog.remote) ?? '', dialog);
    }
    this.#transaction = parts.transactions.send(request, flow, {
      response: (response) => this.#respond(response),
      timeout: () => this.#refuse(this.#cancelled ? 'cancelled' : 'timeout'),
      failed: () => this.#refuse('failed'),
      ended: () => this.#end(),
    });
  }

  /** As sent. */
  get request(): SipRequest {
    return this.#transaction.request;
  }

  /** Takes the INVITE back, unless it has its final response (RFC 3261 §9.1). */
  cancel(extra: readonly Field[] = []): void {
    const { state } = this.#transaction;
    if (state === 'accepted' || state === 'completed' || state === 'terminated') return;
    this.#cancelled = true;
    this.#transaction.cancel(extra);
  }

  #respond(response: SipResponse): void {
    if (response.status < 200) this.#progress(response);
    else if (response.status < 300) this.#accept(response);
    else this.#refuse(this.#cancelled && response.status === 487 ? 'cancelled' : response);
  }

  #progress(response: SipResponse): void {
    const tag = tagOf(response.one(to));
    const branch = response.status === 100 || tag === undefined ? undefined : this.#branch(tag, response);
    if (!response.all(require).includes('100rel') || response.status === 100) {
      this.#parts.caller.progress(response, branch?.dialog, undefined);
      return;
    }
    const number = response.one(rseq);
    // One that was heard already, or comes before one that was not: it comes again (RFC 3262 §4).
    if (branch === undefined || (branch.rseq !== undefined && number !== branch.rseq + 1)) return;
    branch.rseq = number;
    this.#parts.caller.progress(response, branch.dialog, this.#prack(branch.dialog, response, number));
  }

  #prack(dialog: Dialog, response: SipResponse, number: number): Acknowledge {
    return once((content, answered) => {
      const { number: invite, method } = response.one(cseq);
      const field = make(rack, { rseq: number, cseq: invite, method });
      this.#send(dialog.request('PRACK', { ...content, fields: [field, ...(content.fields ?? [])] }), answered);
    });
  }

  #accept(response: SipResponse): void {
    const branch = this.#branch(tagOf(response.one(to)) ?? '', response);
    if (branch === undefined) return;
    if (branch.accepted) {
      branch.resend?.();
      return;
    }
    branch.accepted = true;
    const { dialog } = branch;
    this.#settle(dialog, response);
    const acknowledge = once((content) => this.#acknowledge(branch, content));
    if (this.#cancelled) this.#hangUp(dialog, acknowledge);
    else this.#parts.caller.accepted(response, dialog, acknowledge);
  }

  #settle(dialog: Dialog, response: SipResponse): void {
    if (dialog !== this.#parts.dialog) dialog.confirm(response);
    else dialog.refresh(response);
    dialog.inviting = undefined;
  }

  /** The 2xx and our CANCEL crossed: the call is there, and is ended (§9.1, §15). */
  #hangUp(dialog: Dialog, acknowledge: Acknowledge): void {
    acknowledge();
    this.#send(dialog.request('BYE'));
    dialog.end();
    this.#refuse('cancelled');
  }

  /** The same ACK for each copy of the 2xx, with the credentials of the INVITE (§13.2.2.4). */
  #acknowledge(branch: Branch, content: Content): void {
    const { request } = this.#transaction;
    const credentials = request.fields.filter(({ id }) => id === 'authorization' || id === 'proxy-authorization');
    const fields = [...credentials, ...(content.fields ?? [])];
    const ack = branch.dialog.acknowledge(request.one(cseq).number, { ...content, fields });
    const flow = this.#parts.way(ack);
    if (flow === undefined) return;
    const bytes = serialise(this.#parts.transactions.stamp(ack, flow));
    branch.resend = () => void flow.send(bytes);
    branch.resend();
  }

  #send(request: SipRequest, response: (response: SipResponse) => void = nothing): void {
    const flow = this.#parts.way(request);
    if (flow !== undefined) this.#parts.transactions.send(request, flow, { ...silent, response });
  }

  #branch(tag: string, response: SipResponse): Branch | undefined {
    const known = this.#branches.get(tag);
    if (known !== undefined) return known;
    if (this.#branches.size >= mostDialogs) return undefined;
    return this.#add(tag, Dialog.ofResponse(this.#transaction.request, response));
  }

  #add(tag: string, dialog: Dialog): Branch {
    const branch: Branch = { dialog, rseq: undefined, accepted: false, resend: undefined };
    this.#branches.set(tag, branch);
    return branch;
  }

  #refuse(refusal: Refusal): void {
    if (this.#refused) return;
    this.#refused = true;
    const { caller, dialog } = this.#parts;
    if (dialog !== undefined) dialog.inviting = undefined;
    this.#endEarly();
    caller.refused(refusal);
  }

  #end(): void {
    this.#endEarly();
    this.#parts.caller.ended();
  }

  /** The dialog of a re-INVITE is not ended by its refusal (§14.1). */
  #endEarly(): void {
    for (const { dialog, accepted } of this.#branches.values())
      if (!accepted && dialog !== this.#parts.dialog) dialog.end();
  }
}

const once = (run: (content: Content, answered?: (response: SipResponse) => void) => void): Acknowledge => {
  let ran = false;
  return (content = {}, answered) => {
    if (ran) return;
    ran = true;
    run(content, answered);
  };
};
