// The event packages put together: what comes in as SUBSCRIBE and PUBLISH, and what changes elsewhere (RFC 6665, 3903; ADR 0006).
import type { Account } from '@parlance/core/account';
import type { Contact } from '@parlance/core/contact';
import type { Address } from '@parlance/core/ids';
import type { Waiting } from '@parlance/core/waiting';
import type { Flow } from '@parlance/sip/flow';
import type { SipRequest } from '@parlance/sip/message';
import type { Answer } from '@parlance/sip/response';
import type { Sender } from '../message/service.ts';
import type { Bindings } from '../registrar/bindings.ts';
import type { EventContext } from './context.ts';
import { dialogPackage } from './dialog-package.ts';
import { registrationPackage, summaryPackage, watcherPackage } from './own-packages.ts';
import type { EventPackage } from './package.ts';
import { PhoneLines } from './phone-lines.ts';
import { PresencePackage } from './presence-package.ts';
import { Publications } from './published.ts';
import { SubscribeService } from './subscribe.ts';
import type { Subscription } from './subscription.ts';
import { Subscriptions } from './subscriptions.ts';

/** A row of somebody's contact list, before and now; undefined when there is none. */
export interface PermissionChange {
  readonly account: Account;
  readonly address: string;
  readonly before: Contact | undefined;
  readonly contact: Contact | undefined;
}

export class Events {
  readonly #context: EventContext;
  readonly #subscriptions = new Subscriptions();
  readonly #publications: Publications;
  readonly #packages: readonly EventPackage[];
  readonly #service: SubscribeService;

  constructor(context: EventContext, bindings: Bindings, waiting: Waiting) {
    this.#context = context;
    this.#publications = new Publications(context);
    const presence = new PresencePackage(context, new PhoneLines(context.board, bindings, this.#publications));
    this.#packages = [
      presence,
      watcherPackage(context, this.#subscriptions),
      dialogPackage(this.#publications, presence),
      registrationPackage(context, bindings),
      summaryPackage(context, waiting),
    ];
    for (const { name, onChange } of this.#packages)
      onChange.on('act', (address) => {
        for (const subscription of this.#subscriptions.of(name, address)) subscription.tell();
        return undefined;
      });
    this.#service = new SubscribeService(context, this.#packages, this.#subscriptions);
  }

  /** How many there are now. */
  get counts(): { readonly watchers: number; readonly publications: number } {
    return { watchers: this.#subscriptions.size, publications: this.#publications.size };
  }

  /** Whether an address watches, or is watched. */
  concern(address: Address): boolean {
    return (
      this.#subscriptions.ofWatcher(address) > 0 ||
      this.#packages.some(({ name }) => this.#subscriptions.of(name, address).size > 0)
    );
  }

  /** Answers a SUBSCRIBE of somebody who is known. `to`: whose URI it is for, if anybody's. Rejects with `SipError`. */
  subscribe(request: SipRequest, flow: Flow, sender: Sender, to: Address | undefined): Promise<Answer> {
    return this.#service.receive(request, flow, sender, to);
  }

  /** Answers a PUBLISH of somebody who is known. Throws `SipError`. */
  publish(request: SipRequest, sender: Sender, to: Address | undefined): Answer {
    return this.#publications.receive(request, sender, to);
  }

  /** An owner has decided, or was asked: his watchers stand otherwise, at once, and he is told of them. */
  permissionChanged({ account, address, before, contact }: PermissionChange): void {
    const [was, is] = [before?.permission ?? 'none', contact?.permission ?? 'none'];
    if (was === is) return;
    for (const subscription of this.#watching(account.address))
      if (subscription.watcher === address) this.#stand(subscription, account, is === 'none');
    for (const subscription of this.#subscriptions.of('presence.winfo', account.address)) subscription.tell();
  }

  /** Whom an account blocks changes in this turn of the event loop (XEP-0191). */
  visibilityChanged(account: Account): void {
    this.#context.clock.soon(() => {
      for (const subscription of this.#watching(account.address)) this.#stand(subscription, account, false);
    });
  }

  /** An account is gone, or may not be used: nobody watches it and it watches nobody (RFC 6665 §4.1.3). */
  forget({ address }: Account): void {
    this.#publications.endAll(address);
    for (const subscription of this.#subscriptions.all())
      if (subscription.address === address || subscription.watcher === address) subscription.end('noresource');
  }

  /** Who watches an address by packages that the contact list decides about. */
  #watching(address: Address): readonly Subscription[] {
    return ['presence', 'dialog'].flatMap((name) => [...this.#subscriptions.of(name, address)]);
  }

  /** A permission that is taken away ends what it allowed, as does one that is refused. */
  #stand(subscription: Subscription, owner: Account, withdrawn: boolean): void {
    const { address, watcher } = subscription;
    const standing = subscription.package.standing(owner, address, watcher);
    if (standing === 'refused' || (withdrawn && standing === 'pending')) {
      subscription.end('rejected');
      return;
    }
    if (standing === subscription.standing) return;
    subscription.standing = standing;
    if (standing === 'active') subscription.cause = 'approved';
    this.#subscriptions.onChange.run(subscription);
    subscription.tell(true);
  }
}
