// SUBSCRIBE: begins, renews, ends a subscription, or asks once (RFC 6665 §4.2.1; conditions by RFC 5839 §6).
import { Quota } from '@parlance/base/quota';
import type { Account } from '@parlance/core/account';
import type { Address } from '@parlance/core/ids';
import { Dialog } from '@parlance/sip/dialog/dialog';
import { nameOfRequest } from '@parlance/sip/dialog/names';
import type { Field } from '@parlance/sip/field';
import type { Flow } from '@parlance/sip/flow';
import { retryAfter } from '@parlance/sip/headers/interval';
import { contact, type NameAddr, recordRoute } from '@parlance/sip/headers/name-addr';
import { accept, allowEvents, event, expires, minExpires } from '@parlance/sip/headers/plain';
import { make, type SipRequest } from '@parlance/sip/message';
import { parameterOf } from '@parlance/sip/parameters';
import type { Answer } from '@parlance/sip/response';
import { hostPort } from '@parlance/sip/uri';
import type { Sender } from '../message/service.ts';
import { answerTag } from '../tag.ts';
import type { EventContext } from './context.ts';
import type { EventPackage } from './package.ts';
import { Subscription, subscriptionName } from './subscription.ts';
import type { Subscriptions } from './subscriptions.ts';

/** Seconds of the shortest subscription (423 below; RFC 6665 §4.2.1.1). */
const shortest = 60;

/** New subscriptions of one account in a minute: a phone with a long list begins with as many. */
const newcomers = { allowed: 1_000, window: 60_000, sources: 20_000 };

/** Seconds after which whoever was sent away may come again. */
const later = make(retryAfter, { seconds: 60, parameters: [] });

/** What a SUBSCRIBE asks for. */
interface Asked {
  readonly package: EventPackage;
  readonly id: string | undefined;
  /** 0: to end, or once. */
  readonly seconds: number;
  readonly condition: string | undefined;
}

export class SubscribeService {
  readonly #context: EventContext;
  readonly #packages: ReadonlyMap<string, EventPackage>;
  readonly #subscriptions: Subscriptions;
  readonly #quota = new Quota(newcomers);

  constructor(context: EventContext, packages: readonly EventPackage[], subscriptions: Subscriptions) {
    this.#context = context;
    this.#packages = new Map(packages.map((each) => [each.name, each]));
    this.#subscriptions = subscriptions;
  }

  /** `to`: the address that is to be watched; undefined where the URI is none of an account, as in a dialog of ours. */
  async receive(request: SipRequest, flow: Flow, sender: Sender, to: Address | undefined): Promise<Answer> {
    const asked = this.#read(request);
    if ('status' in asked) return asked;
    const dialog = nameOfRequest(request);
    if (dialog !== undefined) return this.#again(request, flow, sender, dialog, asked);
    if (to === undefined) return { status: 404 };
    if (sender.account === undefined) return { status: 403 };
    return this.#begin(request, flow, sender.account, to, asked);
  }

  #read(request: SipRequest): Asked | Answer {
    const named = request.optional(event);
    const found = named && this.#packages.get(named.value);
    if (named === undefined || found === undefined)
      return { status: 489, fields: [...this.#packages.keys()].map((name) => make(allowEvents, name)) };
    if (!accepts(request, found.type))
      return { status: 406, fields: [make(accept, { value: found.type, parameters: [] })] };
    const seconds = request.optional(expires) ?? found.seconds;
    if (seconds > 0 && seconds < shortest) return { status: 423, fields: [make(minExpires, shortest)] };
    return {
      package: found,
      id: parameterOf(named.parameters, 'id'),
      seconds: Math.min(seconds, this.#context.limits.longest),
      condition: request.text('suppress-if-match'),
    };
  }

  /** In a dialog of ours: renewed, or ended. */
  #again(request: SipRequest, flow: Flow, sender: Sender, dialog: string, asked: Asked): Answer {
    const found = this.#subscriptions.find(subscriptionName(dialog, asked.package.name, asked.id));
    if (found?.watcher !== sender.address) return { status: 481 };
    const refused = found.dialog.admit(request, 0);
    if (refused !== undefined) return refused;
    found.dialog.refresh(request);
    found.flow = flow;
    found.condition = asked.condition;
    const state = found.standing === 'pending' ? undefined : asked.condition && found.package.state(found, 0).tag;
    const quiet = asked.condition !== undefined && (asked.condition === '*' || asked.condition === state);
    const fields = [make(contact, found.dialog.contact), make(expires, asked.seconds)];
    if (asked.seconds === 0) {
      if (quiet) found.drop();
      else found.end('timeout');
    } else {
      found.last(asked.seconds);
      if (!quiet) found.tell(true);
    }
    return { status: quiet ? 204 : 200, ...(quiet && { reason: 'No Notification' }), fields };
  }

  async #begin(request: SipRequest, flow: Flow, watcher: Account, address: Address, asked: Asked): Promise<Answer> {
    if (request.first(contact) === undefined) return { status: 400, reason: 'Missing contact' };
    const { accounts, clock } = this.#context;
    if (!this.#quota.take(watcher.address, clock.now()) || !this.#subscriptions.hasRoom(watcher.address))
      return { status: 503, reason: 'Too Many Subscriptions', fields: [later] };
    const owner = accounts.peek(address) ?? (await accounts.load(address));
    const kind = asked.package;
    if (kind.standing(owner, address, watcher.address) === 'refused') return { status: 403 };
    if (asked.seconds > 0) await kind.begin?.(watcher, owner, address);
    const standing = kind.standing(owner, address, watcher.address);
    const own = this.#contactOn(flow, request);
    const dialog = Dialog.ofRequest(request, answerTag(this.#context, request), own);
    dialog.confirm();
    const subscription = new Subscription(this.#context, {
      package: kind,
      address,
      watcher,
      dialog,
      id: asked.id,
      flow,
      standing,
      ref: this.#context.random.token(64),
      over: (each) => this.#subscriptions.remove(each),
    });
    subscription.condition = asked.condition;
    if (asked.seconds === 0) subscription.end('timeout');
    else {
      this.#subscriptions.add(subscription);
      subscription.last(asked.seconds);
      subscription.tell(true);
    }
    return { status: 200, fields: [...routesOf(request), make(contact, own), make(expires, asked.seconds)] };
  }

  /** Where requests of this dialog reach us. */
  #contactOn(flow: Flow, request: SipRequest): NameAddr {
    const { address, port } = this.#context.transports.sentBy(flow);
    const scheme = request.target.scheme === 'sips' ? 'sips' : 'sip';
    const uri = `${scheme}:${hostPort(address, port)};transport=${flow.transport.toLowerCase()}`;
    return { display: '', uri, parameters: [] };
  }
}

/** What an answer that begins a dialog takes over (RFC 3261 §12.1.1). */
const routesOf = (request: SipRequest): readonly Field[] => request.fields.filter(({ id }) => id === recordRoute.id);

/** Who names no type takes the package's own (RFC 6665 §3.1.3). */
const accepts = (request: SipRequest, type: string): boolean => {
  const ranges = request.all(accept).map(({ value }) => value);
  const general = `${type.slice(0, type.indexOf('/'))}/*`;
  return ranges.length === 0 || ranges.some((range) => range === type || range === general || range === '*/*');
};
