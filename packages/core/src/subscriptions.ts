// Subscription states and what moves them: permission and interest, four acts in two directions (RFC 6121 §3, Appendix A; ADR 0006).
import type { Contact, Interest, Permission } from './contact.ts';

/** What two parties say to each other about watching (RFC 6121 §3). */
export type Act = 'subscribe' | 'subscribed' | 'unsubscribe' | 'unsubscribed';

/** An act of the account's owner: how the row looks afterwards, and whether the other side is told. */
export interface Outbound {
  readonly contact: Contact;
  readonly route: boolean;
}

/** An act of the other side: how the row looks afterwards, whether the owner is told, and what is answered for him. */
export interface Inbound {
  readonly contact: Contact;
  readonly deliver: boolean;
  readonly reply: 'subscribed' | 'unsubscribed' | undefined;
}

interface Sent<State> {
  readonly becomes: State;
  readonly route: boolean;
}

interface Received<State> {
  readonly becomes: State;
  readonly deliver: boolean;
  readonly reply?: 'subscribed' | 'unsubscribed';
}

/** Each act touches one half only, so that the appendix's nine states are three by three. */
type Halves<SentInterest, SentPermission> = {
  readonly subscribe: Readonly<Record<Interest, SentInterest>>;
  readonly unsubscribe: Readonly<Record<Interest, SentInterest>>;
  readonly subscribed: Readonly<Record<Permission, SentPermission>>;
  readonly unsubscribed: Readonly<Record<Permission, SentPermission>>;
};

/** Appendix A.2. A pre-approval (§3.4) is the flag `approved`, not a state. */
const sent: Halves<Sent<Interest>, Sent<Permission>> = {
  subscribe: {
    none: { becomes: 'asked', route: true },
    asked: { becomes: 'asked', route: true },
    granted: { becomes: 'granted', route: true },
  },
  unsubscribe: {
    none: { becomes: 'none', route: true },
    asked: { becomes: 'none', route: true },
    granted: { becomes: 'none', route: true },
  },
  subscribed: {
    none: { becomes: 'none', route: false },
    pending: { becomes: 'allow', route: true },
    allow: { becomes: 'allow', route: false },
    'polite-block': { becomes: 'allow', route: false },
    block: { becomes: 'allow', route: true },
  },
  unsubscribed: {
    none: { becomes: 'none', route: false },
    pending: { becomes: 'none', route: true },
    allow: { becomes: 'none', route: true },
    'polite-block': { becomes: 'none', route: true },
    block: { becomes: 'none', route: false },
  },
};

/** Appendix A.3: requests move the permission. A politely blocked watcher believes that it is allowed. */
const asked: Readonly<Record<'subscribe' | 'unsubscribe', Readonly<Record<Permission, Received<Permission>>>>> = {
  subscribe: {
    none: { becomes: 'pending', deliver: true },
    pending: { becomes: 'pending', deliver: false },
    allow: { becomes: 'allow', deliver: false, reply: 'subscribed' },
    'polite-block': { becomes: 'polite-block', deliver: false, reply: 'subscribed' },
    block: { becomes: 'block', deliver: false, reply: 'unsubscribed' },
  },
  unsubscribe: {
    none: { becomes: 'none', deliver: false },
    pending: { becomes: 'none', deliver: true, reply: 'unsubscribed' },
    allow: { becomes: 'none', deliver: true, reply: 'unsubscribed' },
    'polite-block': { becomes: 'polite-block', deliver: false, reply: 'unsubscribed' },
    block: { becomes: 'block', deliver: false },
  },
};

/** Appendix A.3: answers move the interest. */
const answered: Readonly<Record<'subscribed' | 'unsubscribed', Readonly<Record<Interest, Received<Interest>>>>> = {
  subscribed: {
    none: { becomes: 'none', deliver: false },
    asked: { becomes: 'granted', deliver: true },
    granted: { becomes: 'granted', deliver: false },
  },
  unsubscribed: {
    none: { becomes: 'none', deliver: false },
    asked: { becomes: 'none', deliver: true },
    granted: { becomes: 'none', deliver: true },
  },
};

/** The owner acts (Appendix A.2). Whom one asks, approves or pre-approves is a contact from then on (§3.1.2, §3.4.2). */
export const outbound = (contact: Contact, act: Act): Outbound => {
  if (act === 'subscribe' || act === 'unsubscribe') {
    const { becomes, route } = sent[act][contact.interest];
    return { contact: { ...contact, interest: becomes, listed: contact.listed || act === 'subscribe' }, route };
  }
  const { becomes, route } = sent[act][contact.permission];
  const decided = { ...contact, permission: becomes, request: '' };
  if (act === 'unsubscribed') return { contact: { ...decided, approved: false }, route };
  return { contact: { ...decided, listed: true, approved: contact.approved || becomes === 'none' }, route };
};

/** The other side acts (Appendix A.3). `request` is its request as it will be shown to the owner later. */
export const inbound = (contact: Contact, act: Act, request = ''): Inbound => {
  if (act === 'subscribed' || act === 'unsubscribed') {
    const { becomes, deliver } = answered[act][contact.interest];
    return { contact: { ...contact, interest: becomes }, deliver, reply: undefined };
  }
  if (act === 'subscribe' && contact.approved && contact.permission === 'none')
    return { contact: { ...contact, permission: 'allow' }, deliver: false, reply: 'subscribed' };
  const { becomes, deliver, reply } = asked[act][contact.permission];
  const kept = becomes === 'pending' && contact.permission === 'pending' ? contact.request : request;
  return { contact: { ...contact, permission: becomes, request: becomes === 'pending' ? kept : '' }, deliver, reply };
};
