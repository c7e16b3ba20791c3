// RFC 6121 §2–4 as an extension of the server: roster requests, stream features, and the events in the life of sessions and accounts.
import { refuse } from '@parlance/base/refusal';
import type { Account } from '@parlance/core/account';
import type { Address } from '@parlance/core/ids';
import { el } from '@parlance/xml/element';
import { namespaces } from '@parlance/xmpp/namespaces';
import { isRosterGet, readRosterSet } from '@parlance/xmpp/wire/rfc-6121.roster';
import { durable } from '../durable.ts';
import type { Extension, IqAnswer, IqHandler, Registrar, Support } from '../extension.ts';
import type { Roster } from '../roster/roster.ts';
import type { Announcements } from './announcements.ts';
import type { Subscriptions } from './subscriptions.ts';

export interface ImParts {
  readonly roster: Roster;
  readonly subscriptions: Subscriptions;
  readonly announcements: Announcements;
}

/**
 * §2.1.3, §2.6. What changed since the client's version follows its empty result. No version is told before it is on disk:
 * after a crash it would be given to something else.
 */
const rosterGet =
  ({ context }: Registrar, { roster }: ImParts): IqHandler =>
  ({ account, session, payload }) => {
    if (account === undefined || session === undefined) return refuse('forbidden');
    if (!isRosterGet(payload)) return refuse('bad-request');
    const answer = (): IqAnswer | Promise<IqAnswer> => {
      if (!roster.isSettled(account)) return context.commits.settled().then(answer);
      roster.interest(session);
      const found = roster.since(account, payload.attr('ver'));
      if (!isPushes(found)) return found;
      roster.catchUp(session, found);
      return undefined;
    };
    return answer();
  };

const isPushes = (answer: object): answer is readonly string[] => Array.isArray(answer);

/** §2.1.5, §2.3–2.5: answered when it is on disk. */
const rosterSet =
  ({ context }: Registrar, parts: ImParts): IqHandler =>
  async ({ account, payload }) => {
    if (account === undefined) return refuse('forbidden');
    const change = readRosterSet(payload, parts.roster.limits);
    if (typeof change === 'string') return refuse(change);
    const address = change.jid as Address;
    if (address === account.address) return refuse('not-allowed');
    const refusal = change.remove
      ? await remove(account, address, parts)
      : put(account, address, change.name, change.groups, parts.roster);
    return refusal ?? durable(context.commits, []);
  };

const put = (account: Account, address: Address, name: string, groups: readonly string[], roster: Roster): IqAnswer => {
  const row = roster.row(account, address);
  if (!row.listed && !roster.hasRoom(account)) return refuse('policy-violation');
  roster.save(account, { ...row, name, groups, listed: true }, true);
  return undefined;
};

const remove = async (account: Account, address: Address, { subscriptions }: ImParts): Promise<IqAnswer> => {
  if (account.view.contacts.get(address)?.listed !== true) return refuse('not-found');
  await subscriptions.remove(account, address);
  return undefined;
};

/** Its sessions end, then its contacts hear that what was agreed is over. */
const removeAccount = ({ context, sessions }: Registrar, { subscriptions }: ImParts, account: Account): void => {
  sessions.endAll(account);
  subscriptions.farewell(account).catch((error: unknown) => context.log.error('farewell failed', { error }));
};

/** Lines of the register of supported specifications. */
export const imSupport: readonly Support[] = [
  {
    specification: 'RFC 6121',
    title: 'XMPP: Instant Messaging and Presence',
    version: '2011-03',
    status: 'partial',
    note: 'All of it between accounts of this server; other domains answer remote-server-not-found until servers are linked.',
  },
  { specification: 'XEP-0237', title: 'Roster Versioning', version: '1.3', status: 'complete' },
];

export const instantMessaging = (parts: ImParts): Extension => ({
  support: imSupport,
  register: (registrar) => {
    const { points } = registrar;
    const { announcements } = parts;
    registrar.iq(['own'], 'get', 'query', namespaces.roster, rosterGet(registrar, parts));
    registrar.iq(['own'], 'set', 'query', namespaces.roster, rosterSet(registrar, parts));
    registrar.iq(['other'], 'set', 'query', namespaces.roster, () => refuse('forbidden'));
    registrar.streamFeature(() => el('ver', namespaces.rosterVer));
    registrar.streamFeature(() => el('sub', namespaces.preApproval));
    points.sessionAway.on('act', ({ session }) => void announcements.away(session));
    points.sessionResumed.on('act', ({ session }) => void announcements.resumed(session));
    points.sessionEnded.on('act', ({ session }) => void announcements.ended(session));
    points.accountRemoved.on('act', (account) => void removeAccount(registrar, parts, account));
  },
});
