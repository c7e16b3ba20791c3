// Packages for the account itself: who watches it, which phones are registered, how many messages wait (RFC 3857, 3680, 3842).
import { HookPoint } from '@parlance/base/hook';
import type { Account } from '@parlance/core/account';
import type { Address } from '@parlance/core/ids';
import type { Waiting } from '@parlance/core/waiting';
import { writeMessageSummary } from '@parlance/sip/documents/message-summary';
import { type RegisteredContact, writeRegistrationInfo } from '@parlance/sip/documents/registration-info';
import { type Watcher, writeWatcherInfo } from '@parlance/sip/documents/watcher-info';
import { uriOf } from '../addresses.ts';
import type { Binding } from '../registrar/binding.ts';
import type { Bindings } from '../registrar/bindings.ts';
import type { EventContext } from './context.ts';
import { type EventPackage, forOwner } from './package.ts';
import type { Subscription } from './subscription.ts';
import type { Subscriptions } from './subscriptions.ts';

type Context = Pick<EventContext, 'accounts' | 'clock' | 'seal'>;

/** Watchers in one document. */
const mostWatchers = 500;

/** RFC 3857: phones that watch, and requests that wait whether or not anybody is there who sent them. */
export const watcherPackage = (context: Context, subscriptions: Subscriptions): EventPackage => {
  const onChange = new HookPoint<Address>('watchers to be told');
  subscriptions.onChange.on('act', (each) => {
    if (each.package.name === 'presence') onChange.run(each.address);
    return undefined;
  });
  return {
    name: 'presence.winfo',
    type: 'application/watcherinfo+xml',
    seconds: 3_600,
    onChange,
    standing: (_, address, watcher) => forOwner(address, watcher),
    state: ({ address }, version) => {
      const live = [...subscriptions.of('presence', address)].filter(({ watcher }) => watcher !== address);
      const waiting = requestsOf(context, address, new Set(live.map(({ watcher }) => watcher)));
      const watchers = [...live.map((each) => watcherOf(context, each)), ...waiting].slice(0, mostWatchers);
      const list = { resource: uriOf(address), package: 'presence', watchers };
      return { body: writeWatcherInfo({ version, state: 'full', lists: [list] }) };
    },
  };
};

const watcherOf = ({ clock }: Context, { ref, watcher, standing, cause, left, since }: Subscription): Watcher => ({
  id: ref,
  uri: uriOf(watcher),
  status: standing === 'pending' ? 'pending' : 'active',
  event: cause,
  expiration: left,
  subscribed: Math.floor((clock.now() - since) / 1000),
});

const requestsOf = ({ accounts, seal }: Context, address: Address, live: ReadonlySet<Address>): readonly Watcher[] => {
  const contacts = [...(accounts.peek(address)?.view.contacts.values() ?? [])];
  const asking = contacts.filter((each) => each.permission === 'pending' && !live.has(each.address));
  return asking.map((each) => ({
    id: `w${seal('watcher', each.address).slice(0, 12)}`,
    uri: uriOf(each.address),
    status: 'waiting',
    event: 'subscribe',
  }));
};

/** RFC 3680. */
export const registrationPackage = ({ clock, accounts }: Context, bindings: Bindings): EventPackage => {
  const onChange = new HookPoint<Address>('registrations to be told');
  bindings.onChange.on('act', ({ binding, kind }) => {
    if (kind !== 'refreshed') onChange.run(binding.account.address);
    return undefined;
  });
  const contactOf = ({ id, state, expires }: Binding): RegisteredContact => ({
    id,
    uri: state.contact,
    state: 'active',
    event: 'registered',
    expires: Math.max(0, Math.ceil((expires - clock.now()) / 1000)),
    registered: Math.floor((clock.now() - state.since) / 1000),
    q: String(state.q / 1000),
    callId: state.callId,
    cseq: state.cseq,
    parameters: [],
    extensions: [],
  });
  return {
    name: 'reg',
    type: 'application/reginfo+xml',
    seconds: 3_761,
    onChange,
    standing: (_, address, watcher) => forOwner(address, watcher),
    state: ({ address }, version) => {
      const account = accounts.peek(address);
      const contacts = account ? bindings.of(account).map(contactOf) : [];
      const state = contacts.length === 0 ? 'init' : 'active';
      const registration = { aor: uriOf(address), id: 'r1', state, contacts } as const;
      return { body: writeRegistrationInfo({ version, state: 'full', registrations: [registration] }) };
    },
  };
};

/** RFC 3842: what waits in the mailbox are text messages. */
export const summaryPackage = ({ accounts }: Pick<Context, 'accounts'>, waiting: Waiting): EventPackage => {
  const onChange = new HookPoint<Address>('waiting messages to be told');
  waiting.onChange.on('act', ({ address }: Account) => onChange.run(address));
  return {
    name: 'message-summary',
    type: 'application/simple-message-summary',
    seconds: 3_600,
    onChange,
    standing: (_, address, watcher) => forOwner(address, watcher),
    state: ({ address }) => {
      const fresh = accounts.peek(address)?.waiting.size ?? 0;
      const summaries = [{ context: 'text-message', fresh, old: 0 }];
      const body = writeMessageSummary({ waiting: fresh > 0, account: uriOf(address), summaries });
      return { body, tag: `m${fresh}` };
    },
  };
};
