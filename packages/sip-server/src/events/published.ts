// What phones publish: state by entity-tag, several publications of one account, each with its time (RFC 3903).
import type { Timer } from '@parlance/base/clock';
import { HookPoint } from '@parlance/base/hook';
import type { Account } from '@parlance/core/account';
import type { Address } from '@parlance/core/ids';
import { type DialogInfo, readDialogInfo } from '@parlance/sip/documents/dialog-info';
import {
  accept,
  allowEvents,
  contentEncoding,
  contentType,
  event,
  expires,
  minExpires,
  sipEtag,
  sipIfMatch,
} from '@parlance/sip/headers/plain';
import { make, type SipRequest } from '@parlance/sip/message';
import type { PresenceDocument } from '@parlance/sip/presence/document';
import { readPresence } from '@parlance/sip/presence/read';
import type { Answer } from '@parlance/sip/response';
import type { Sender } from '../message/service.ts';
import type { Binding } from '../registrar/binding.ts';
import type { EventContext } from './context.ts';

/** One kind is there, and no other. */
interface Content {
  readonly document?: PresenceDocument;
  readonly dialogs?: DialogInfo;
}

export interface Publication extends Content {
  readonly event: string;
  readonly account: Account;
  /** The phone's name: that of its binding, if it has one. */
  readonly label: string;
  /** With it the publication ends. */
  readonly binding: Binding | undefined;
  /** Milliseconds since 1970: so long it has said this. */
  readonly since: number;
}

/** Event packages that take publications, with what they take (RFC 3903 §4.2). */
const kinds: ReadonlyMap<string, { readonly type: string; readonly read: (body: Uint8Array) => Content }> = new Map([
  ['presence', { type: 'application/pidf+xml', read: (body) => ({ document: readPresence(body) }) }],
  ['dialog', { type: 'application/dialog-info+xml', read: (body) => ({ dialogs: readDialogInfo(body) }) }],
]);

/** Seconds: the shortest publication, and one that says nothing. */
const shortest = 60;
const usual = 3_600;

/** Bytes of one body: it is multiplied by the number of its watchers (SECURITY-CHECKLIST 34). */
const largest = 16_384;

/** Publications of one account at a time. */
const mostOfOne = 20;

interface Held {
  readonly publication: Publication;
  readonly timer: Timer;
}

export class Publications {
  /** After something was published, has changed, or is over. */
  readonly onChange = new HookPoint<Publication>('publication');
  readonly #context: Pick<EventContext, 'clock' | 'random' | 'limits'>;
  readonly #held = new Map<Address, Map<string, Held>>();
  #size = 0;

  constructor(context: Pick<EventContext, 'clock' | 'random' | 'limits'>) {
    this.#context = context;
  }

  get size(): number {
    return this.#size;
  }

  /** An account's publications for a package, the oldest first. */
  of(address: Address, name: string): readonly Publication[] {
    const all = [...(this.#held.get(address)?.values() ?? [])].map(({ publication }) => publication);
    return all.filter((each) => each.event === name).sort((one, other) => one.since - other.since);
  }

  /** In the order of §6, step by step. Throws `SipError` 400 for a body that cannot be read. */
  receive(request: SipRequest, { account, address, binding }: Sender, to: Address | undefined): Answer {
    if (to === undefined) return { status: 404 };
    if (account === undefined || to !== address) return { status: 403 };
    const name = request.optional(event)?.value ?? '';
    const kind = kinds.get(name);
    if (kind === undefined) return { status: 489, fields: [...kinds.keys()].map((each) => make(allowEvents, each)) };
    const tag = request.optional(sipIfMatch);
    const before = tag === undefined ? undefined : this.#held.get(address)?.get(tag);
    if (tag !== undefined && before?.publication.event !== name) return { status: 412 };
    const seconds = Math.min(request.optional(expires) ?? usual, this.#context.limits.longest);
    if (seconds > 0 && seconds < shortest) return { status: 423, fields: [make(minExpires, shortest)] };
    if (tag !== undefined && seconds === 0) {
      this.#end(address, tag);
      return { status: 200, fields: [make(expires, 0), make(sipEtag, tag)] };
    }
    const refused = refusal(request, kind.type, before !== undefined);
    if (refused !== undefined) return refused;
    if (before === undefined && (this.#held.get(address)?.size ?? 0) >= mostOfOne)
      return { status: 403, reason: 'Too Many Publications' };
    const publication =
      request.body.length === 0 && before !== undefined
        ? before.publication
        : this.#publication({ event: name, account, binding }, before?.publication, kind.read(request.body));
    const next = this.#hold(publication, tag, seconds);
    return { status: 200, fields: [make(sipEtag, next), make(expires, seconds)] };
  }

  /** What a phone has published ends with its contact: nobody will come to take it back. */
  endOf(binding: Binding): void {
    this.#endWhere(binding.account.address, (publication) => publication.binding === binding);
  }

  /** All of an account. */
  endAll(address: Address): void {
    this.#endWhere(address, () => true);
  }

  #publication(
    own: Pick<Publication, 'event' | 'account' | 'binding'>,
    before: Publication | undefined,
    content: Content,
  ): Publication {
    const label = own.binding?.label ?? before?.label ?? `phone-${this.#context.random.token(32)}`;
    return { ...own, label, ...content, since: this.#context.clock.now() };
  }

  /** Each answer has a tag of its own: the one before is good for nothing any more (§6 step 6). */
  #hold(publication: Publication, before: string | undefined, seconds: number): string {
    const { address } = publication.account;
    const held = this.#held.get(address) ?? new Map<string, Held>();
    const old = before === undefined ? undefined : held.get(before);
    if (before !== undefined && old !== undefined) this.#take(held, before, old);
    const tag = this.#context.random.token(64);
    if (seconds > 0) {
      const timer = this.#context.clock.after(seconds * 1000, () => this.#end(address, tag));
      held.set(tag, { publication, timer });
      this.#size++;
      this.#held.set(address, held);
      if (old?.publication !== publication) this.onChange.run(publication);
    }
    return tag;
  }

  #end(address: Address, tag: string): void {
    const held = this.#held.get(address);
    const found = held?.get(tag);
    if (held === undefined || found === undefined) return;
    this.#take(held, tag, found);
    if (held.size === 0) this.#held.delete(address);
    this.onChange.run(found.publication);
  }

  #endWhere(address: Address, is: (publication: Publication) => boolean): void {
    for (const [tag, { publication }] of [...(this.#held.get(address) ?? [])])
      if (is(publication)) this.#end(address, tag);
  }

  #take(held: Map<string, Held>, tag: string, { timer }: Held): void {
    timer.cancel();
    held.delete(tag);
    this.#size--;
  }
}

/** A first publication has a body, later ones may have one (§4.1, table 1); of the package's type (§6 step 5). */
const refusal = (request: SipRequest, type: string, known: boolean): Answer | undefined => {
  const { body } = request;
  if (body.length > largest) return { status: 413 };
  if (body.length === 0) return known ? undefined : { status: 400, reason: 'Missing body' };
  const isPlain = request.all(contentEncoding).every((name) => name.toLowerCase() === 'identity');
  const given = request.optional(contentType)?.value;
  return isPlain && given === type
    ? undefined
    : { status: 415, fields: [make(accept, { value: type, parameters: [] })] };
};
