// What `parlance trace` remembers of a request that passes: who sent it, where each branch went, and every answer (row 10 of the design).
import { type Address, addressOf } from '@parlance/core/ids';
import type { Trace, TraceStep } from '@parlance/core/trace';
import type { Endpoint, Flow } from '@parlance/sip/flow';
import { from, to } from '@parlance/sip/headers/name-addr';
import { callId } from '@parlance/sip/headers/plain';
import type { SipRequest, SipResponse } from '@parlance/sip/message';
import { isSip, readUri } from '@parlance/sip/uri';
import type { Sender } from '../message/service.ts';

/** Steps of one request: what is beyond is not written down. */
const most = 24;

const addressIn = (text: string): Address => {
  const uri = readUri(text);
  return isSip(uri) ? addressOf(uri.user ?? '', uri.host) : (text as Address);
};

export class RequestTrace {
  /** The record has the same list: what is added is seen there. */
  readonly #steps: TraceStep[] = [];

  constructor(trace: Trace, request: SipRequest, flow: Flow, sender: Sender | undefined, time: number) {
    trace.follow({
      from: sender?.address ?? addressIn(request.one(from).uri),
      fromLabel: sender?.binding?.label ?? '',
      to: addressIn(request.one(to).uri),
      toLabel: '',
      kind: request.method,
      time,
      protocol: 'sip',
      originId: request.one(callId),
      source: flow.remote,
      steps: this.#steps,
      outcome: 'passed',
    });
  }

  /** `branch` names the transaction at the other end (RFC 3261 §17.1.3). */
  sent(row: string, remote: Endpoint, branch: string): void {
    this.#add({ row, remote, action: 'forwarded', note: branch });
  }

  answered({ status, reason }: SipResponse): void {
    if (status > 100) this.#add({ row: '', remote: undefined, action: 'answered', note: `${status} ${reason}` });
  }

  #add(step: TraceStep): void {
    if (this.#steps.length < most) this.#steps.push(step);
  }
}
