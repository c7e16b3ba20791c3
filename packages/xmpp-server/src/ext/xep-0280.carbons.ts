// Message carbons: sessions that ask for it get copies of what their account's other sessions send and receive (XEP-0280).
import type { Element } from '@parlance/xml/element';
import { namespaces } from '@parlance/xmpp/namespaces';
import type { Extension, IqAnswer, IqRequest } from '../extension.ts';
import { kindOf } from '../message/native.ts';
import type { InboundMessage } from '../points.ts';
import { sessionKey } from '../session/keys.ts';

/** Durable: a resumed stream goes on getting copies (XEP-0198 §5). */
const wanted = sessionKey('carbons', false, true);

/** Payloads typically used in instant messaging (§6.1). */
const payloads = new Set<string>([namespaces.receipts, namespaces.chatstates, namespaces.markers]);

const invitations = 'jabber:x:conference'; // XEP-0249
const mucUser = 'http://jabber.org/protocol/muc#user'; // XEP-0045 §7.8.2

const carriesPayload = ({ ns }: Element): boolean => payloads.has(ns);

const isInvitation = (stanza: Element): boolean =>
  stanza.child('x', invitations) !== undefined || stanza.child('x', mucUser)?.child('invite') !== undefined;

/** Worth a copy by type and content (§6.1). An error usually repeats what it answers, and is judged by that. */
const isEligible = (stanza: Element): boolean => {
  const kind = kindOf(stanza);
  if (kind === 'chat') return true;
  if (kind === 'group' || kind === 'headline') return false;
  return stanza.child('body') !== undefined || stanza.elements().some(carriesPayload) || isInvitation(stanza);
};

/** `<private/>` keeps a message from being copied (§9); so does `no-copy`, on messages to full JIDs only (XEP-0334 §4.3). */
const isPrivate = ({ stanza, to }: InboundMessage): boolean =>
  stanza.child('private', namespaces.carbons) !== undefined ||
  (to.resource !== '' && stanza.child('no-copy', namespaces.hints) !== undefined);

const turn =
  (on: boolean) =>
  ({ session }: IqRequest): IqAnswer => {
    session?.values.set(wanted, on);
    session?.touch();
    return undefined;
  };

export const carbons: Extension = {
  support: [
    {
      specification: 'XEP-0280',
      title: 'Message Carbons',
      version: '1.0.1',
      status: 'complete',
      note: 'An error is copied when it repeats what it answers.',
    },
  ],
  register(registrar) {
    for (const target of ['server', 'account'] as const) registrar.feature(target, namespaces.carbons);
    registrar.iq(['own', 'server'], 'set', 'enable', namespaces.carbons, turn(true));
    registrar.iq(['own', 'server'], 'set', 'disable', namespaces.carbons, turn(false));
    registrar.copies((session) => session.values.get(wanted));
    registrar.points.inboundMessage.on('change', (message) => {
      if (isPrivate(message) || !isEligible(message.stanza)) message.carbons = false;
      return undefined;
    });
  },
};
