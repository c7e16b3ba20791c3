// Service discovery: what this server and its accounts are, can do and contain (XEP-0030).
import { refuse } from '@parlance/base/refusal';
import { addressOf } from '@parlance/core/ids';
import type { Element } from '@parlance/xml/element';
import { namespaces } from '@parlance/xmpp/namespaces';
import { infoElement, itemElement, itemsElement, nodeOf } from '@parlance/xmpp/wire/xep-0030.disco';
import type { DiscoTarget, Extension, IqAnswer, IqRequest, Registrar } from '../extension.ts';
import type { XmppSession } from '../session/session.ts';

const targetOf = ({ account }: IqRequest): DiscoTarget => (account === undefined ? 'server' : 'account');

/** Information about entities, and about those of their nodes for which an extension answers (XEP-0030 §3.2). */
const info = (registrar: Registrar, request: IqRequest): IqAnswer | Promise<IqAnswer> => {
  const node = nodeOf(request.payload);
  if (node !== '') return nodeInfo(registrar, request, node);
  const { identities, features } = registrar.discoverable(targetOf(request));
  return infoElement({ identities, features, forms: [] });
};

const nodeInfo = async (registrar: Registrar, request: IqRequest, node: string): Promise<IqAnswer> => {
  for (const provide of registrar.discoverable(targetOf(request)).nodeInfo) {
    const found = await provide(request, node);
    if (found !== undefined) return request.payload.withChildren(found);
  }
  return refuse('not-found');
};

/** The items of all providers that know the node; every provider may add to an entity's own (§4). */
const items = async (registrar: Registrar, request: IqRequest): Promise<IqAnswer> => {
  const node = nodeOf(request.payload);
  const { items: providers } = registrar.discoverable(targetOf(request));
  const found = await Promise.all(providers.map(async (provide) => provide(request, node)));
  const known = found.filter((some): some is readonly Element[] => some !== undefined);
  if (node !== '' && known.length === 0) return refuse('not-found');
  return itemsElement(known.flat(), node);
};

const mayAsk = ({ presence }: Registrar, { account, from }: IqRequest): boolean =>
  account !== undefined && presence.mayWatch(account, addressOf(from.local, from.domain));

/** An account's available sessions, as far as the asker may see them (§4.1, Example 15). */
const resources = ({ presence }: Registrar, { account, from }: IqRequest): readonly Element[] => {
  if (account === undefined) return [];
  const own = addressOf(from.local, from.domain) === account.address;
  const seen = (session: XmppSession): boolean => own || presence.maySee(session, from);
  return presence
    .available(account)
    .filter(seen)
    .map(({ jid }) => itemElement({ jid }));
};

export const disco: Extension = {
  support: [{ specification: 'XEP-0030', title: 'Service Discovery', version: '2.5.0', status: 'complete' }],
  register(registrar) {
    for (const target of ['server', 'account'] as const)
      for (const name of [namespaces.discoInfo, namespaces.discoItems]) registrar.feature(target, name);
    registrar.identity('server', 'server', 'im');
    registrar.identity('account', 'account', 'registered');
    registrar.items('account', (request, node) => (node === '' ? resources(registrar, request) : undefined));
    registrar.iq(['server', 'own'], 'get', 'query', namespaces.discoInfo, (request) => info(registrar, request));
    registrar.iq(['server', 'own'], 'get', 'query', namespaces.discoItems, (request) => items(registrar, request));
    // §8: nobody learns from the answer that an account exists, or who is there, without being allowed to see its presence.
    registrar.iq(['other'], 'get', 'query', namespaces.discoInfo, (request) =>
      mayAsk(registrar, request) ? info(registrar, request) : refuse('unavailable'),
    );
    registrar.iq(['other'], 'get', 'query', namespaces.discoItems, (request) =>
      mayAsk(registrar, request) ? items(registrar, request) : itemsElement([], nodeOf(request.payload)),
    );
  },
};
