// Where an iq goes: to the server, to one's own account, to another account's server half, or to a full JID (RFC 6120 §10.3–10.5, RFC 6121 §8.5).
import type { HookPoint } from '@parlance/base/hook';
import { type Refusal, refuse } from '@parlance/base/refusal';
import type { Account } from '@parlance/core/account';
import { addressOf } from '@parlance/core/ids';
import type { Element } from '@parlance/xml/element';
import { serialise } from '@parlance/xml/serialise';
import type { Jid } from '@parlance/xmpp/jid';
import { namespaces } from '@parlance/xmpp/namespaces';
import type { Context } from './context.ts';
import type { IqRequest } from './extension.ts';
import type { IqTable } from './iq.ts';
import type { InboundIq } from './points.ts';
import { refusalReply } from './refusals.ts';
import { XmppSession } from './session/session.ts';

/** Whether a stranger may reach a full JID with an iq: only who may see its presence (RFC 6121 §8.5.3.2.3, checklist 27). */
export type MayReach = (from: XmppSession, target: XmppSession) => boolean;

export class IqRouter {
  readonly #context: Context;
  readonly #table: IqTable;
  readonly #mayReach: MayReach;
  readonly #point: HookPoint<InboundIq, Refusal>;

  constructor(context: Context, table: IqTable, mayReach: MayReach, point: HookPoint<InboundIq, Refusal>) {
    this.#context = context;
    this.#table = table;
    this.#mayReach = mayReach;
    this.#point = point;
  }

  handle(session: XmppSession, iq: Element, to: Jid | undefined): Promise<void> | undefined {
    const reply = (stanza: Element): void => session.send(serialise(stanza, namespaces.client));
    const type = iq.attr('type');
    const children = iq.elements();
    if (
      iq.attr('id') === undefined ||
      !validType(type) ||
      ((type === 'get' || type === 'set') && children.length !== 1)
    ) {
      if (type !== 'result' && type !== 'error') reply(refusalReply(iq, refuse('bad-request')));
      return undefined;
    }
    if (to !== undefined && to.resource !== '' && to.local !== '') return this.#toSession(session, iq, to, reply);
    const payload = children[0];
    if (type !== 'get' && type !== 'set') return void this.#context.requests.answered(session, iq);
    if (payload === undefined) return undefined;
    return this.#toServer(session, iq, type, payload, to, reply);
  }

  #toServer(
    session: XmppSession,
    iq: Element,
    type: 'get' | 'set',
    payload: Element,
    to: Jid | undefined,
    reply: (s: Element) => void,
  ): Promise<void> | undefined {
    const from: Jid = { ...ownBare(session), resource: session.label };
    const base = { iq, type, payload, from, to, session };
    if (to === undefined || sameAccount(session, to))
      return this.#table.handle('own', { ...base, account: session.account }, reply);
    if (to.local !== '' && this.#context.isLocal(to.domain)) return this.#toOther({ ...base, to }, reply);
    const refusal = this.#point.run({ iq, session, to, account: undefined });
    if (refusal === undefined && this.#context.isLocal(to.domain))
      return this.#table.handle('server', { ...base, account: undefined }, reply);
    reply(refusalReply(iq, refusal ?? refuse('unreachable')));
    return undefined;
  }

  /** An address that nobody has is asked like any other, so that no answer tells the two apart (RFC 6121 §8.5.1). */
  #toOther(base: ToOther, reply: (s: Element) => void): Promise<void> | undefined {
    const answer = (found: Account | null): Promise<void> | undefined => {
      const account = found ?? undefined;
      const refusal = this.#point.run({ iq: base.iq, session: base.session, to: base.to, account });
      if (refusal === undefined) return this.#table.handle('other', { ...base, account }, reply);
      reply(refusalReply(base.iq, refusal));
      return undefined;
    };
    const address = addressOf(base.to.local, base.to.domain);
    const known = this.#context.accounts.peek(address);
    return known === undefined ? this.#context.accounts.load(address).then(answer) : answer(known);
  }

  #toSession(session: XmppSession, iq: Element, to: Jid, reply: (s: Element) => void): undefined {
    const refusal = this.#reach(session, iq, to);
    const type = iq.attr('type');
    if (refusal !== undefined && (type === 'get' || type === 'set')) reply(refusalReply(iq, refusal));
    return undefined;
  }

  /** Hands an iq to the session with a full JID, or says why not. */
  #reach(session: XmppSession, iq: Element, to: Jid): Refusal | undefined {
    const target = this.#context.table.find(addressOf(to.local, to.domain), to.resource);
    const refusal = this.#point.run({ iq, session, to, account: target?.account });
    if (refusal !== undefined) return refusal;
    if (!this.#context.isLocal(to.domain)) return refuse('unreachable');
    const request = iq.attr('type') === 'get' || iq.attr('type') === 'set';
    if (!(target instanceof XmppSession) || !target.reachable || (request && !this.#mayReach(session, target)))
      return refuse('unavailable');
    target.send(serialise(iq, namespaces.client));
    return undefined;
  }
}

type ToOther = Omit<IqRequest, 'account' | 'to' | 'session'> & { readonly to: Jid; readonly session: XmppSession };

const validType = (type: string | undefined): boolean =>
  type === 'get' || type === 'set' || type === 'result' || type === 'error';

const ownBare = (session: XmppSession): { local: string; domain: string } => {
  const { address } = session.account;
  const at = address.lastIndexOf('@');
  return { local: address.slice(0, at), domain: address.slice(at + 1) };
};

const sameAccount = (session: XmppSession, to: Jid): boolean =>
  addressOf(to.local, to.domain) === session.account.address;
