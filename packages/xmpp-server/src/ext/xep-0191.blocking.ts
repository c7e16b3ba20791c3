// Blocking (XEP-0191): the list, its changes and pushes, and what it stops. Presence is stopped where presence is sent (§3.3, §3.4).
import { type Refusal, refuse } from '@parlance/base/refusal';
import type { Account } from '@parlance/core/account';
import { isBlocked } from '@parlance/core/blocking';
import type { Write } from '@parlance/core/store';
import { escapeAttr, serialise } from '@parlance/xml/serialise';
import { formatBare, type Jid } from '@parlance/xmpp/jid';
import { namespaces } from '@parlance/xmpp/namespaces';
import { type BlockingCommand, blocking as command, readBlocking } from '@parlance/xmpp/wire/xep-0191.blocking';
import type { Context } from '../context.ts';
import { durable } from '../durable.ts';
import type { Extension, IqHandler, Registrar } from '../extension.ts';
import { sessionKey } from '../session/keys.ts';
import { XmppSession } from '../session/session.ts';

/** The session asked for the list: it gets pushes (§3.3). */
const listed = sessionKey('block list', false, true);

/** Addresses in one list (SECURITY-CHECKLIST 33). */
const capacity = 2_000;

const list: IqHandler = ({ account, session }) => {
  if (account === undefined || session === undefined) return refuse('forbidden');
  session.values.set(listed, true);
  session.touch();
  return command('blocklist', account.view.blocked);
};

const push = (
  { table, random }: Context,
  account: Account,
  name: BlockingCommand,
  addresses: readonly string[],
): void => {
  const payload = serialise(command(name, addresses), namespaces.client);
  for (const session of table.sessions(account.address)) {
    if (!(session instanceof XmppSession) || !session.values.get(listed)) continue;
    const head = `<iq type='set' id='${random.token(64)}' to='${escapeAttr(session.jid)}'>`;
    session.send(`${head}${payload}</iq>`, undefined, true);
  }
};

/** The list changes in the view at once and on disk with the batch; a batch that fails takes it back (ADR 0003). */
const change = async (
  { commits }: Context,
  account: Account,
  blocked: ReadonlySet<string>,
  writes: readonly Write[],
): Promise<Refusal | undefined> => {
  const before = account.view.blocked;
  account.view = { ...account.view, blocked };
  const refusal = await durable(commits, writes);
  if (refusal !== undefined && account.view.blocked === blocked) account.view = { ...account.view, blocked: before };
  return refusal;
};

const block =
  ({ context, presence }: Registrar): IqHandler =>
  ({ account, payload }) => {
    const addresses = readBlocking(payload);
    if (account === undefined || addresses === undefined || addresses.length === 0) return refuse('bad-request');
    const { blocked } = account.view;
    const fresh = addresses.filter((address) => !blocked.has(address));
    if (blocked.size + fresh.length > capacity) return refuse('policy-violation');
    presence.withdraw(account, new Set(fresh));
    push(context, account, 'block', addresses);
    const writes = context.stores.blocks.add(account.id, fresh);
    return change(context, account, new Set([...blocked, ...fresh]), writes);
  };

/** Without items: all of them (§3.5). */
const unblock =
  ({ context, presence }: Registrar): IqHandler =>
  ({ account, payload }) => {
    const addresses = readBlocking(payload);
    if (account === undefined || addresses === undefined) return refuse('bad-request');
    const { blocked } = account.view;
    const lifted = (addresses.length === 0 ? [...blocked] : addresses).filter((address) => blocked.has(address));
    const left = new Set([...blocked].filter((address) => !lifted.includes(address)));
    push(context, account, 'unblock', addresses);
    const done = change(context, account, left, context.stores.blocks.remove(account.id, lifted));
    presence.restore(account, new Set(lifted));
    return done;
  };

/** What the owner sends to a blocked address (§3.3). */
const outgoing = (account: Account, to: Jid): Refusal | undefined =>
  account.view.blocked.size > 0 && isBlocked(account, formatBare(to), to.resource) ? refuse('blocked') : undefined;

/** What a blocked address sends to the owner: he looks as if he were not there (§3.3). */
const incoming = (owner: Account | undefined, address: string, label: string): Refusal | undefined =>
  owner !== undefined && isBlocked(owner, address, label) ? refuse('unavailable') : undefined;

export const blocking: Extension = {
  support: [{ specification: 'XEP-0191', title: 'Blocking Command', version: '1.3', status: 'complete' }],
  register(registrar) {
    const { context, points } = registrar;
    registrar.feature('server', namespaces.blocking);
    registrar.feature('account', namespaces.blocking);
    registrar.iq(['own'], 'get', 'blocklist', namespaces.blocking, list);
    registrar.iq(['own'], 'set', 'block', namespaces.blocking, block(registrar));
    registrar.iq(['own'], 'set', 'unblock', namespaces.blocking, unblock(registrar));
    points.inboundMessage.on('check', ({ session, to }) => outgoing(session.account, to));
    points.inboundIq.on(
      'check',
      ({ session: { account: own, label }, to, account }) => outgoing(own, to) ?? incoming(account, own.address, label),
    );
    context.router.onSubmit.on('check', ({ envelope, recipient }) =>
      incoming(recipient, envelope.from, envelope.fromLabel),
    );
  },
};
