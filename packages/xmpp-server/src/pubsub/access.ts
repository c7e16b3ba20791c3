// Who may read a node: the one place where access models are decided (XEP-0060 §4.5, §6.5.9; XEP-0163 §5; checklist 24).
import type { Account } from '@parlance/core/account';
import { isBlocked } from '@parlance/core/blocking';
import type { Element } from '@parlance/xml/element';
import type { Jid } from '@parlance/xmpp/jid';
import { errorElement } from '@parlance/xmpp/stanza-error';
import { pubsubError } from '@parlance/xmpp/wire/xep-0060.pubsub';
import type { PresenceService } from '../presence/presence-service.ts';
import type { NodeConfig } from './node-config.ts';

export type Watching = Pick<PresenceService, 'mayWatch'>;

type Asker = Pick<Jid, 'local' | 'domain' | 'resource'>;

const bareOf = ({ local, domain }: Asker): string => (local === '' ? domain : `${local}@${domain}`);

const inGroup = ({ view }: Account, address: string, groups: readonly string[]): boolean => {
  const contact = view.contacts.get(address);
  return contact?.listed === true && contact.groups.some((group) => groups.includes(group));
};

/**
 * Undefined when the asker may read the node of `owner`; otherwise the error that the specification gives for it. The
 * owner may always read. A blocked party is told that there is no such service (XEP-0191 §5).
 */
export const readingRefused = (
  owner: Account,
  { access, groups }: Pick<NodeConfig, 'access' | 'groups'>,
  asker: Asker,
  presence: Watching,
): Element | undefined => {
  const address = bareOf(asker);
  if (address === owner.address) return undefined;
  if (isBlocked(owner, address, asker.resource)) return errorElement('service-unavailable');
  switch (access) {
    case 'open':
      return undefined;
    case 'whitelist':
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
