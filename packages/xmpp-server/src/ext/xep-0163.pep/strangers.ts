// What strangers are told of somebody's nodes: what concerns them, and of all else nothing, not even that he is there (RFC 6121 §8.5.1; checklist 16, 27).
import { isRefusal } from '@parlance/base/refusal';
import type { Account } from '@parlance/core/account';
import { formatBare, type Jid } from '@parlance/xmpp/jid';
import { errorElement } from '@parlance/xmpp/stanza-error';
import type { IqAnswer } from '../../extension.ts';
import { mayRead, type Watching } from '../../pubsub/access.ts';
import type { PersonalNode } from '../../pubsub/personal-nodes.ts';

/** Lists of what is the asker's own: to have nothing at a service is no proof of the service. */
const own = new Set(['subscriptions', 'affiliations']);

const saysNothing = (answer: IqAnswer): boolean => {
  if (answer === undefined) return false;
  if (isRefusal(answer) || 'beside' in answer || answer.name === 'error') return true;
  const [list] = answer.elements();
  return list !== undefined && own.has(list.name) && list.elements().length === 0;
};

/** Whether the asker may know that the node is there: he sees the owner's presence, may read it, or has a place at it. */
const concerns = (owner: Account, node: PersonalNode | undefined, asker: Jid, presence: Watching): boolean =>
  presence.mayWatch(owner, formatBare(asker)) ||
  (node !== undefined && (mayRead(owner, node, asker, presence) || node.affiliates.has(formatBare(asker))));

/**
 * The answer as it may be told. The errors that XEP-0060 has for protected nodes (§6.5.9) are for those whom the node
 * concerns: to others a node that is not theirs, none, and nobody at all look the same.
 */
export const discreet = (
  answer: IqAnswer,
  owner: Account,
  node: PersonalNode | undefined,
  asker: Jid,
  presence: Watching,
): IqAnswer =>
  saysNothing(answer) && !concerns(owner, node, asker, presence) ? errorElement('service-unavailable') : answer;
