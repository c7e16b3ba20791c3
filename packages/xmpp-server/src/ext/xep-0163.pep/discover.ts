// What service discovery says of an account's nodes: only those the asker may read (XEP-0060 §5.2–5.5, XEP-0163 §6.2).
import { type Element, el } from '@parlance/xml/element';
import { namespaces } from '@parlance/xmpp/namespaces';
import { itemElement } from '@parlance/xmpp/wire/xep-0030.disco';
import type { IqRequest, Registrar } from '../../extension.ts';
import { mayRead } from '../../pubsub/access.ts';
import { metadataForm } from '../../pubsub/node-config.ts';
import type { PersonalNode, PersonalNodes } from '../../pubsub/personal-nodes.ts';

/** All nodes that the asker may read. */
const readable = async (
  { presence }: Registrar,
  nodes: PersonalNodes,
  { account, from }: IqRequest,
): Promise<readonly PersonalNode[]> => {
  const known = account === undefined ? [] : [...(await nodes.of(account)).values()];
  return known.filter((node) => account !== undefined && mayRead(account, node, from, presence));
};

/** The nodes of an account (§5.2), or the items of one node (§5.5). */
export const nodeItems = async (
  registrar: Registrar,
  nodes: PersonalNodes,
  request: IqRequest,
  name: string,
): Promise<readonly Element[] | undefined> => {
  const { account } = request;
  const visible = await readable(registrar, nodes, request);
  if (account === undefined) return undefined;
  const jid = account.address;
  if (name === '')
    return visible.map((node) =>
      itemElement({ jid, node: node.name, ...(node.config.title === '' ? {} : { name: node.config.title }) }),
    );
  if (!visible.some((node) => node.name === name)) return undefined;
  return (await nodes.items.places(account.id, name)).map(({ id }) => itemElement({ jid, name: id }));
};

/** Identity, feature and metadata of one node (§5.3, §5.4). */
export const nodeInfo = async (
  registrar: Registrar,
  nodes: PersonalNodes,
  request: IqRequest,
  name: string,
): Promise<readonly Element[] | undefined> => {
  const node = (await readable(registrar, nodes, request)).find((other) => other.name === name);
  if (node === undefined) return undefined;
  return [
    el('identity', namespaces.discoInfo, { category: 'pubsub', type: 'leaf' }),
    el('feature', namespaces.discoInfo, { var: namespaces.pubsub }),
    metadataForm(node.config, request.account?.address ?? ''),
  ];
};
