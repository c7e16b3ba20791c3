// A SIP contact: a row of the address table, kept on disk (RFC 3261 §10.3; outbound by RFC 5626, instances by RFC 5627).
import type { Account } from '@parlance/core/account';
import type { DeviceId, SessionId } from '@parlance/core/ids';
import type { Availability, Endpoint, Session } from '@parlance/core/session';
import type { Flow } from '@parlance/sip/flow';
import type { Parameters } from '@parlance/sip/parameters';

/** What is kept of a contact on disk; all of it came from the phone. */
export interface BindingState {
  /** The contact's URI as it was registered. */
  readonly contact: string;
  /** Its parameters, without expires. */
  readonly parameters: Parameters;
  readonly callId: string;
  readonly cseq: number;
  /** 0…1000: which contact is tried first (RFC 3261 §20.10). */
  readonly q: number;
  /** Milliseconds since 1970. */
  readonly since: number;
  /** `+sip.instance`, a URN in its angle brackets; undefined when the phone names none. */
  readonly instance: string | undefined;
  /** `reg-id`: the contact is a flow (RFC 5626 §6). */
  readonly flowNumber: number | undefined;
  /** Proxies that requests pass on their way to it, topmost first (RFC 3327). */
  readonly path: readonly string[];
  readonly userAgent: string;
  /** The device whose cursor is moved by what this contact gets. */
  readonly device: DeviceId;
  /** Where it was registered from. */
  readonly remote: Endpoint;
  readonly transport: Flow['transport'];
  /** It takes copies of what its owner sends from elsewhere: it said so by accepting `message/cpim`, which names both sides. */
  readonly copies?: boolean;
}

/** Of every registered phone: there while it is registered, no more and no less than others (ADR 0007). */
const registered: Availability = { show: 'online', priority: 0 };

export class Binding implements Session {
  readonly protocol = 'sip';
  readonly id: SessionId;
  readonly account: Account;
  readonly label: string;
  readonly availability = registered;
  /** What a phone is given counts for that phone only: whoever reads messages still waits for it (ADR 0007). */
  readonly reachable = false;
  state: BindingState;
  /** Milliseconds since 1970. */
  expires: number;
  /** The way on which it registered; undefined after a restart. */
  flow: Flow | undefined;

  constructor(id: SessionId, account: Account, label: string, state: BindingState, expires: number) {
    this.id = id;
    this.account = account;
    this.label = label;
    this.state = state;
    this.expires = expires;
  }

  get device(): DeviceId {
    return this.state.device;
  }

  get remote(): Endpoint {
    return this.state.remote;
  }

  get since(): number {
    return this.state.since;
  }

  /**
   * Whether requests can go to it: its connection is there, or it is one that anybody can send to (RFC 5626 §5.3). Behind a proxy
   * the flow is the proxy's, which opens another when it wants (RFC 3327 §5.3).
   */
  get connected(): boolean {
    if (this.state.path.length > 0) return true;
    return this.flow === undefined ? this.state.transport === 'UDP' : this.flow.open;
  }
}
