// Subscribing in so many words, for those who do not share presence with the owner (XEP-0060 §6.1, §6.2; XEP-0163 §4).
import { el } from '@parlance/xml/element';
import { formatJid, parseJid } from '@parlance/xmpp/jid';
import { namespaces } from '@parlance/xmpp/namespaces';
import { errorElement } from '@parlance/xmpp/stanza-error';
import { pubsub, pubsubError } from '@parlance/xmpp/wire/xep-0060.pubsub';
import { type Action, type Ask, atReadableNode, nodeRequired } from './action.ts';

/** Subscribers of one node. */
const maxSubscribers = 500;

/** The address to be subscribed: the asker's own, bare or full (§6.1.3.1). */
const subscriberOf = ({ wanted, asker }: Ask): string | undefined => {
  const jid = parseJid(wanted.attr('jid') ?? '');
  return jid !== undefined && jid.local === asker.local && jid.domain === asker.domain ? formatJid(jid) : undefined;
};

const invalidJid = (): ReturnType<typeof el> => pubsubError('bad-request', 'invalid-jid');

/** The last item, behind the answer: reading it takes a turn (§6.1.7). */
const welcome = ({ account, notifier, registrar }: Ask, name: string, jid: string): void => {
  const { log } = registrar.context;
  for (const session of notifier.subscribed(jid))
    notifier
      .lastItems(session, account, [name], 'subscription')
      .catch((error: unknown) => log.error('last item failed', { error }));
};

export const subscribe: Action = atReadableNode(async (ask, node) => {
  const jid = subscriberOf(ask);
  if (jid === undefined) return invalidJid();
  if (!node.subscribers.includes(jid)) {
    if (node.subscribers.length >= maxSubscribers)
      return pubsubError('policy-violation', 'too-many-subscriptions', { type: 'wait' });
    await ask.nodes.put(ask.account, { ...node, subscribers: [...node.subscribers, jid] });
    welcome(ask, node.name, jid);
  }
  return pubsub(el('subscription', namespaces.pubsub, { node: node.name, jid, subscription: 'subscribed' }));
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
