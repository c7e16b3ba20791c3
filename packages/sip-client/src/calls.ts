// The calls of one agent, found by what comes for them (RFC 3261 §12, §9.2).
import { nameOfRequest } from '@parlance/sip/dialog/names';
import type { NameAddr } from '@parlance/sip/headers/name-addr';
import { isRequest, type SipMessage, type SipRequest, type SipResponse } from '@parlance/sip/message';
import type { Answer } from '@parlance/sip/response';
import type { ServerTransaction } from '@parlance/sip/transaction/server';
import type { Call } from './call.ts';

export class Calls {
  readonly #byDialog = new Map<string, Call>();
  readonly #byInvite = new Map<ServerTransaction, Call>();

  /** An INVITE that rings. */
  begin(transaction: ServerTransaction, call: Call): void {
    this.#byInvite.set(transaction, call);
    transaction.onEnd = () => void this.#byInvite.delete(transaction);
  }

  join(call: Call): void {
    if (call.dialog !== undefined) this.#byDialog.set(call.dialog.name, call);
  }

  leave({ dialog }: Call): void {
    if (dialog !== undefined) this.#byDialog.delete(dialog.name);
  }

  receive(name: string, request: SipRequest, transaction: ServerTransaction, own: NameAddr): Answer | undefined {
    const call = this.#byDialog.get(name);
    return call === undefined ? { status: 481 } : call.receive(request, transaction, own);
  }

  cancel(invite: ServerTransaction, cancel: SipRequest): SipResponse | undefined {
    return this.#byInvite.get(invite)?.cancel(cancel);
  }

  /** An ACK to a 2xx of ours. */
  stray(message: SipMessage): void {
    if (!isRequest(message) || message.method !== 'ACK') return;
    const name = nameOfRequest(message);
    if (name !== undefined) this.#byDialog.get(name)?.acknowledge(message);
  }
}
