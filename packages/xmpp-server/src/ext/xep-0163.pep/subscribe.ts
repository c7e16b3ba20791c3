// Subscribing in so many words, for those who do not share presence with the owner (XEP-0060 §6.1, §6.2; XEP-0163 §4).
import type { Element } from '@parlance/xml/element';
import { formatJid, parseJid } from '@parlance/xmpp/jid';
import { errorElement } from '@parlance/xmpp/stanza-error';
import { pubsub, pubsubError, subscriptionElement } from '@parlance/xmpp/wire/xep-0060.pubsub';
import { type Action, type Ask, atReadableNode, nodeRequired } from './action.ts';

/** Subscribers of one node. */
export const maxSubscribers = 500;

export const tooMany = (): Element => pubsubError('policy-violation', 'too-many-subscriptions', { type: 'wait' });

/** The address to be subscribed: the asker's own, bare or full (§6.1.3.1). */
const subscriberOf = ({ wanted, asker }: Ask): string | undefined => {
  const jid = parseJid(wanted.attr('jid') ?? '');
  return jid !== undefined && jid.local === asker.local && jid.domain === asker.domain ? formatJid(jid) : undefined;
};

const invalidJid = (): Element => pubsubError('bad-request', 'invalid-jid');

export const subscribe: Action = atReadableNode(async (ask, node) => {
  const jid = subscriberOf(ask);
  if (jid === undefined) return invalidJid();
  if (!node.subscribers.includes(jid)) {
    if (node.subscribers.length >= maxSubscribers) return tooMany();
    await ask.nodes.put(ask.account, { ...node, subscribers: [...node.subscribers, jid] });
  }
  return pubsub(subscriptionElement({ node: node.name, jid, state: 'subscribed' }));
});

/** Open to everybody: who has lost access may still leave. */
export const unsubscribe: Action = async (ask) => {
  const node = ask.known.get(ask.name);
  if (ask.name === '') return nodeRequired();
  if (node === undefined) return errorElement('item-not-found');
  const jid = subscriberOf(ask);
  if (jid === undefined) return invalidJid();
  if (!node.subscribers.includes(jid)) return pubsubError('unexpected-request', 'not-subscribed', { type: 'cancel' });
  await ask.nodes.put(ask.account, { ...node, subscribers: node.subscribers.filter((other) => other !== jid) });
  return undefined;
};
