// A dialog: what two user agents know of each other, and the requests between them (RFC 3261 §12; RFC 6665 §4.4.1).
import type { Field } from '../field.ts';
import { retryAfter } from '../headers/interval.ts';
import { contact, from, type NameAddr, recordRoute, route, tagOf, to, wildcard } from '../headers/name-addr.ts';
import { callId, cseq, maxForwards } from '../headers/plain.ts';
import { make, type SipMessage, SipRequest, type SipResponse } from '../message.ts';
import { parameter, withoutParameter } from '../parameters.ts';
import type { Answer } from '../response.ts';
import { isSip, readUri, writeUri } from '../uri.ts';
import { dialogName } from './names.ts';

/** What a message carries besides what its place in a dialog demands. */
export interface Content {
  readonly fields?: readonly Field[];
  readonly body?: Uint8Array;
}

/** Requests, and their 2xx, whose Contact becomes the new remote target (RFC 3261 §12.2, RFC 3311 §5, RFC 6665 §3.1, §4.4). */
const refreshing = new Set(['INVITE', 'UPDATE', 'SUBSCRIBE', 'NOTIFY', 'REFER']);

interface Parts {
  readonly callId: string;
  /** With tags. */
  readonly local: NameAddr;
  readonly remote: NameAddr;
  readonly localSequence: number | undefined;
  readonly remoteSequence: number | undefined;
  readonly target: string;
  readonly routes: readonly NameAddr[];
  readonly contact: NameAddr;
  readonly secure: boolean;
}

export class Dialog {
  readonly callId: string;
  readonly local: NameAddr;
  readonly remote: NameAddr;
  /** Where the peer reaches us: the Contact of target refresh requests. */
  readonly contact: NameAddr;
  /** Begun by a SIPS URI: every Contact of ours must be one. */
  readonly secure: boolean;
  /** Whether an INVITE is under way and whose it is: there may be one at a time (RFC 3261 §14). */
  inviting: 'ours' | 'theirs' | undefined;
  #state: 'early' | 'confirmed' | 'ended' = 'early';
  #localSequence: number | undefined;
  #remoteSequence: number | undefined;
  #target: string;
  #routes: readonly NameAddr[];

  private constructor(parts: Parts) {
    this.callId = parts.callId;
    this.local = parts.local;
    this.remote = parts.remote;
    this.contact = parts.contact;
    this.secure = parts.secure;
    this.#localSequence = parts.localSequence;
    this.#remoteSequence = parts.remoteSequence;
    this.#target = parts.target;
    this.#routes = parts.routes;
  }

  /** Of a response to a request of ours, which has a Contact (RFC 3261 §12.1.2). */
  static ofResponse(request: SipRequest, response: SipResponse): Dialog {
    return new Dialog({
      callId: request.one(callId),
      local: bare(request.one(from)),
      remote: bare(response.one(to)),
      localSequence: request.one(cseq).number,
      remoteSequence: undefined,
      target: targetOf(response) ?? request.uri,
      routes: response.all(recordRoute).toReversed(),
      contact: ownContact(request),
      secure: isSecure(request),
    });
  }

  /**
   * Of a request to us that we answer with this tag and Contact (RFC 3261 §12.1.1). A NOTIFY that begins a subscription of ours
   * does it with the tag and the CSeq of our SUBSCRIBE (RFC 6665 §4.4.1).
   */
  static ofRequest(request: SipRequest, tag: string, own: NameAddr, localSequence?: number): Dialog {
    return new Dialog({
      callId: request.one(callId),
      local: { ...bare(request.one(to)), parameters: [{ name: 'tag', value: tag }] },
      remote: bare(request.one(from)),
      localSequence,
      remoteSequence: request.one(cseq).number,
      target: targetOf(request) ?? request.one(from).uri,
      routes: request.all(recordRoute),
      contact: own,
      secure: isSecure(request),
    });
  }

  get name(): string {
    return dialogName(this.callId, tagOf(this.local) ?? '', tagOf(this.remote) ?? '');
  }

  get state(): 'early' | 'confirmed' | 'ended' {
    return this.#state;
  }

  /** The URI of the peer's Contact. */
  get target(): string {
    return this.#target;
  }

  /** The next request of ours: each has the next CSeq (§12.2.1.1). Target refresh requests get our Contact. */
  request(method: string, content: Content = {}): SipRequest {
    this.#localSequence = (this.#localSequence ?? 0) + 1;
    return this.#make(method, this.#localSequence, content);
  }

  /** The ACK to the 2xx of an INVITE with this CSeq (§13.2.2.4). */
  acknowledge(sequence: number, content: Content = {}): SipRequest {
    return this.#make('ACK', sequence, content);
  }

  /**
   * Takes notice of a request of the peer; whatever is returned is the answer it must get (§12.2.2, §14.2). `seconds`: of
   * Retry-After, between 0 and 10 by chance. A repeated request never comes here: its transaction absorbs it.
   */
  admit(request: SipRequest, seconds: number): Answer | undefined {
    const { number, method } = request.one(cseq);
    if (method === 'ACK' || method === 'CANCEL') return undefined;
    if (this.#remoteSequence !== undefined && number <= this.#remoteSequence)
      return { status: 500, reason: 'CSeq Out of Order' };
    this.#remoteSequence = number;
    if (method !== 'INVITE' || this.inviting === undefined) return undefined;
    return this.inviting === 'ours'
      ? { status: 491 }
      : { status: 500, fields: [make(retryAfter, { seconds, parameters: [] })] };
  }

  /** Target refresh, by a request that was accepted or by the 2xx to ours (§12.2.1.2, §12.2.2). */
  refresh(message: SipMessage): void {
    if (refreshing.has(message.one(cseq).method)) this.#target = targetOf(message) ?? this.#target;
  }

  /** By the 2xx that we sent, or by the one that came: of that the route is taken anew (§13.2.2.4). */
  confirm(response?: SipResponse): void {
    if (this.#state !== 'early') return;
    this.#state = 'confirmed';
    if (response === undefined) return;
    this.#routes = response.all(recordRoute).toReversed();
    this.#target = targetOf(response) ?? this.#target;
  }

  end(): void {
    this.#state = 'ended';
  }

  #make(method: string, sequence: number, { fields = [], body }: Content): SipRequest {
    const { uri, routes } = this.#way;
    return new SipRequest({
      method,
      uri,
      fields: [
        ...routes.map((each) => make(route, each)),
        make(maxForwards, 70),
        make(from, this.local),
        make(to, this.remote),
        make(callId, this.callId),
        make(cseq, { number: sequence, method }),
        ...(refreshing.has(method) ? [make(contact, this.contact)] : []),
        ...fields,
      ],
      ...(body === undefined ? {} : { body }),
    });
  }

  /** Loose routing; strict when the first on the way knows only that (§12.2.1.1). */
  get #way(): { readonly uri: string; readonly routes: readonly NameAddr[] } {
    const [first, ...others] = this.#routes;
    const strict = first && strictUri(first.uri);
    if (strict === undefined) return { uri: this.#target, routes: this.#routes };
    return { uri: strict, routes: [...others, { display: '', uri: this.#target, parameters: [] }] };
  }
}

/** As a Request-URI may be, without `method` and headers (§19.1.1); undefined when the router is loose. */
const strictUri = (text: string): string | undefined => {
  const uri = readUri(text);
  if (!isSip(uri) || parameter(uri.parameters, 'lr') !== undefined) return undefined;
  return writeUri({ ...uri, parameters: withoutParameter(uri.parameters, 'method'), headers: undefined });
};

/** Name, URI and tag. */
const bare = (address: NameAddr): NameAddr => {
  const tag = tagOf(address);
  return { ...address, parameters: tag === undefined ? [] : [{ name: 'tag', value: tag }] };
};

const targetOf = (message: SipMessage): string | undefined => {
  const first = message.first(contact);
  return first === undefined || first === wildcard ? undefined : first.uri;
};

const ownContact = (request: SipRequest): NameAddr => {
  const first = request.first(contact);
  if (first === undefined || first === wildcard) throw new Error('A request that begins a dialog has a Contact');
  return first;
};

const isSecure = (request: SipRequest): boolean => request.target.scheme === 'sips';
