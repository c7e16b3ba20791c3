// A branch: one place that a request rings at. A contact is one implementation; a function of ours can be another (DESIGN §2, "Calls").
import type { Field } from '@parlance/sip/field';
import type { SipResponse } from '@parlance/sip/message';

/** Who waits for a branch. Responses are those to the request that the proxy got: no Via of ours is on top. */
export interface BranchUser {
  /** 101…199. */
  provisional(response: SipResponse): void;
  /** 200…699. Exactly one, but for an INVITE's 2xx, of which more may follow, also after another final one (RFC 6026 §7.2). */
  final(response: SipResponse): void;
}

export interface Branch {
  /** Called once. The user may be called before this returns. */
  start(user: BranchUser): void;
  /** Wants no answer any more: a final one comes nevertheless. `why` goes along, e.g. Reason (RFC 3326). */
  cancel(why: readonly Field[]): void;
}
