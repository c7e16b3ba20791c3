// Who may read a node: the one place where access models are decided (XEP-0060 §4.5, §6.5.9; XEP-0163 §5; checklist 24).
import type { Account } from '@parlance/core/account';
import { isBlocked } from '@parlance/core/blocking';
import type { Element } from '@parlance/xml/element';
import { formatBare, type Jid, parseJid } from '@parlance/xmpp/jid';
import { errorElement } from '@parlance/xmpp/stanza-error';
import { pubsubError } from '@parlance/xmpp/wire/xep-0060.pubsub';
import type { PresenceService } from '../presence/presence-service.ts';
import type { PersonalNode } from './personal-nodes.ts';

export type Watching = Pick<PresenceService, 'mayWatch'>;

/** What of a node says who may read it. */
export type Readable = Pick<PersonalNode, 'config' | 'affiliates'>;

type Asker = Pick<Jid, 'local' | 'domain' | 'resource'>;

const inGroup = ({ view }: Account, address: string, groups: readonly string[]): boolean => {
  const contact = view.contacts.get(address);
  return contact?.listed === true && contact.groups.some((group) => groups.includes(group));
};

/**
 * Undefined when the asker may read the node of `owner`; otherwise the error that the specification gives for it. The
 * owner may always read. A blocked party is told that there is no such service (XEP-0191 §5), an outcast that it is
 * unwelcome, whatever the model (§6.1.3.8, §6.5.9.10). To be a member opens the whitelist and nothing else: the other
 * models say that who does not meet them MUST be refused (§6.1.3.2, §6.1.3.3).
 */
export const readingRefused = (
  owner: Account,
  { config: { access, groups }, affiliates }: Readable,
  asker: Asker,
  presence: Watching,
): Element | undefined => {
  const address = formatBare(asker);
  if (address === owner.address) return undefined;
  if (isBlocked(owner, address, asker.resource)) return errorElement('service-unavailable');
  const affiliation = affiliates.get(address);
  if (affiliation === 'outcast') return errorElement('forbidden');
  switch (access) {
    case 'open':
      return undefined;
    case 'whitelist':
      if (affiliation === 'member') return undefined;
      return pubsubError('not-allowed', 'closed-node');
    case 'presence':
      if (presence.mayWatch(owner, address)) return undefined;
      return pubsubError('not-authorized', 'presence-subscription-required');
    case 'roster':
      if (presence.mayWatch(owner, address) && inGroup(owner, address, groups)) return undefined;
      return pubsubError('not-authorized', 'not-in-roster-group');
  }
};

export const mayRead = (...question: Parameters<typeof readingRefused>): boolean =>
  readingRefused(...question) === undefined;

/** Those subscribers of a node who may read it; who loses access loses the subscription (XEP-0163 §7.1). */
export const admitted = (owner: Account, node: PersonalNode, presence: Watching): readonly string[] =>
  node.subscribers.filter((subscriber) => {
    const jid = parseJid(subscriber);
    return jid !== undefined && mayRead(owner, node, jid, presence);
  });
