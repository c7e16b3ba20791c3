// What the owner does with nodes: create, configure, delete, purge (XEP-0060 §8).
import { el } from '@parlance/xml/element';
import { namespaces } from '@parlance/xmpp/namespaces';
import { errorElement } from '@parlance/xmpp/stanza-error';
import { formOf } from '@parlance/xmpp/wire/xep-0004.forms';
import { pubsub, pubsubOwner } from '@parlance/xmpp/wire/xep-0060.pubsub';
import { admitted } from '../../pubsub/access.ts';
import { configForm, configured, defaultConfig, type NodeConfig } from '../../pubsub/node-config.ts';
import { newNode } from '../../pubsub/personal-nodes.ts';
import { type Action, type Ask, atOwnNode, maxName, unsupported } from './action.ts';
import { maxNodes } from './publish.ts';

const title = { title: 'Configuration of the node' };

const form = (config: NodeConfig): ReturnType<typeof el> =>
  configForm('form', config, namespaces.pubsubNodeConfig, title);

/** The configuration that comes with a creation; the default where none is submitted (§8.1.3). */
const initialConfig = ({ payload }: Ask): NodeConfig | undefined => {
  const configure = payload.child('configure');
  const submitted = configure === undefined ? undefined : formOf(configure);
  return submitted?.type === 'submit' ? configured(defaultConfig, submitted) : defaultConfig;
};

export const create: Action = async (ask) => {
  const { registrar, nodes, account, known } = ask;
  if (!ask.isOwner) return errorElement('forbidden');
  const name = ask.name === '' ? registrar.context.random.token(128) : ask.name;
  if (known.has(name)) return errorElement('conflict');
  if (known.size >= maxNodes || name.length > maxName) return errorElement('resource-constraint');
  const config = initialConfig(ask);
  if (config === undefined) return errorElement('not-acceptable');
  await nodes.put(account, newNode(name, config));
  return pubsub(el('create', namespaces.pubsub, { node: name }));
};

export const defaults: Action = ({ isOwner }) =>
  isOwner ? pubsubOwner(el('default', namespaces.pubsubOwner, {}, form(defaultConfig))) : errorElement('forbidden');

export const configuration: Action = atOwnNode((_ask, { name, config }) =>
  pubsubOwner(el('configure', namespaces.pubsubOwner, { node: name }, form(config))),
);

export const configure: Action = atOwnNode(async ({ nodes, account, wanted, registrar }, node) => {
  const submitted = formOf(wanted);
  if (submitted?.type === 'cancel') return undefined;
  if (submitted?.type !== 'submit') return errorElement('bad-request');
  const config = configured(node.config, submitted);
  if (config === undefined) return errorElement('not-acceptable');
  const shown = config.payloads ? configForm('result', config, namespaces.pubsubNodeConfig) : undefined;
  const subscribers = admitted(account, { ...node, config }, registrar.presence);
  await nodes.put(account, { ...node, config, subscribers }, config.notifyConfig ? { form: shown } : undefined);
  return undefined;
});

export const remove: Action = atOwnNode(async ({ nodes, account }, node) => {
  await nodes.remove(account, node);
  return undefined;
});

export const purge: Action = atOwnNode(async ({ nodes, account }, node) => {
  if (!node.config.persist) return unsupported('persistent-items');
  await nodes.purge(account, node);
  return undefined;
});
