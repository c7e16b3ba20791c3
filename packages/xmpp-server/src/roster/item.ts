// A contact row as its owner sees it, and the row that an item means (RFC 6121 §2.1.2, ADR 0006).
import { type Contact, stranger } from '@parlance/core/contact';
import type { Address } from '@parlance/core/ids';
import type { Element } from '@parlance/xml/element';
import { type RosterItem, rosterItem, type Subscription } from '@parlance/xmpp/wire/rfc-6121.roster';

const subscriptionOf = ({ permission, interest }: Contact): Subscription => {
  if (permission === 'allow') return interest === 'granted' ? 'both' : 'from';
  return interest === 'granted' ? 'to' : 'none';
};

export const itemOf = (contact: Contact): Element =>
  rosterItem({
    jid: contact.address,
    name: contact.name,
    subscription: subscriptionOf(contact),
    ask: contact.interest === 'asked',
    approved: contact.approved,
    groups: contact.groups,
  });

/** The row of an item that another server kept; its address is prepared and bare. */
export const contactOf = (item: RosterItem, version: number): Contact => {
  const { jid, name, subscription, ask, approved, groups } = item;
  const watches = subscription === 'to' || subscription === 'both';
  return {
    ...stranger(jid as Address, version),
    permission: subscription === 'from' || subscription === 'both' ? 'allow' : 'none',
    interest: watches ? 'granted' : ask ? 'asked' : 'none',
    approved,
    listed: true,
    name,
    groups,
  };
};
