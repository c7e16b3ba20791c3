// Publishing and retracting items; a node that does not exist is made, on the conditions of the request (XEP-0060 §7, XEP-0163 §3).
import { Element, el } from '@parlance/xml/element';
import { serialise } from '@parlance/xml/serialise';
import { namespaces } from '@parlance/xmpp/namespaces';
import { errorElement } from '@parlance/xmpp/stanza-error';
import { type FormValues, formOf, readBoolean } from '@parlance/xmpp/wire/xep-0004.forms';
import { pubsub, pubsubError, readItems, type WireItem } from '@parlance/xmpp/wire/xep-0060.pubsub';
import { allKnown, configured, defaultConfig, meets, type NodeConfig } from '../../pubsub/node-config.ts';
import { type AccountNodes, newNode, type PersonalNode } from '../../pubsub/personal-nodes.ts';
import { type Action, type Ask, atOwnNode, maxName, nodeRequired, unsupported } from './action.ts';

/** Nodes of one account. */
export const maxNodes = 250;

/** UTF-16 units of one payload. */
const maxPayload = 262_144;

const preconditionNotMet = (): Element => pubsubError('conflict', 'precondition-not-met');

/** The preconditions of the request; none when it has none (§7.1.5). */
const optionsOf = (payload: Element): FormValues | Element | undefined => {
  const options = payload.child('publish-options');
  if (options === undefined) return undefined;
  const form = formOf(options);
  if (form === undefined || form.type !== 'submit' || form.formType !== namespaces.pubsubPublishOptions)
    return pubsubError('bad-request', 'invalid-options');
  return form;
};

/** A node to be made with the configuration that is presupposed; the limit holds for every way of making one. */
const madeNode = (known: AccountNodes, name: string, config: NodeConfig): PersonalNode | Element =>
  known.size < maxNodes && name.length <= maxName ? newNode(name, config) : errorElement('resource-constraint');

/** The node to publish at (§7.1.5, rules 1–3). */
const target = ({ known, name }: Ask, options: FormValues | undefined): PersonalNode | Element => {
  const node = known.get(name);
  if (node !== undefined) return options === undefined || meets(node.config, options) ? node : preconditionNotMet();
  if (options === undefined) return madeNode(known, name, defaultConfig);
  const config = allKnown(options) ? configured(defaultConfig, options) : undefined;
  return config === undefined ? preconditionNotMet() : madeNode(known, name, config);
};

const itemRefused = (items: readonly Element[], { type, payloads }: NodeConfig): Element | undefined => {
  const [item, ...more] = items;
  if (item === undefined) return pubsubError('bad-request', 'item-required');
  const [payload, ...others] = item.elements();
  if (more.length > 0 || others.length > 0) return pubsubError('bad-request', 'invalid-payload');
  if (payload === undefined) return payloads ? pubsubError('bad-request', 'payload-required') : undefined;
  if (type !== '' && payload.ns !== type) return pubsubError('bad-request', 'invalid-payload');
  if (serialise(payload).length > maxPayload || (item.attr('id') ?? '').length > maxName)
    return pubsubError('not-acceptable', 'payload-too-big');
  return undefined;
};

export const publish: Action = async (ask) => {
  const { registrar, nodes, account, payload, wanted, name } = ask;
  if (!ask.isOwner) return errorElement('forbidden');
  if (name === '') return nodeRequired();
  const options = optionsOf(payload);
  if (options instanceof Element) return options;
  const node = target(ask, options);
  if (node instanceof Element) return node;
  const items = wanted.elements().filter((child) => child.name === 'item' && child.ns === wanted.ns);
  const refused = itemRefused(items, node.config);
  if (refused !== undefined) return refused;
  const [given] = readItems(wanted);
  const id = given === undefined || given.id === '' ? registrar.context.random.token(96) : given.id;
  const item: WireItem = { id, payload: given?.payload };
  const objection = nodes.publishing.run({ account, node: name, item });
  if (objection !== undefined) return objection;
  await nodes.publish(account, node, item);
  const done = el('item', namespaces.pubsub, { id });
  return pubsub(el('publish', namespaces.pubsub, { node: name }, done));
};

export const retract: Action = atOwnNode(async ({ nodes, account, wanted, name }, node) => {
  const id = wanted.child('item')?.attr('id');
  if (id === undefined || id === '') return pubsubError('bad-request', 'item-required');
  if (!node.config.persist) return unsupported('persistent-items');
  const [item] = await nodes.items.named(account.id, name, [id]);
  if (item === undefined) return errorElement('item-not-found');
  const notify = node.config.notifyRetract || readBoolean(wanted.attr('notify')) === true;
  await nodes.retract(account, node, id, notify);
  return undefined;
});
