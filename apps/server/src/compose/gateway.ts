// What crosses between the protocols, as each side asks for it (DESIGN §2: translated once, in one package).
import { sipOfStanza } from '@parlance/gateway/translate/message-to-sip';
import { stanzaOfSip } from '@parlance/gateway/translate/message-to-xmpp';
import { tupleOfLine } from '@parlance/gateway/translate/presence-to-sip';
import { presenceOfLine } from '@parlance/gateway/translate/presence-to-xmpp';
import type { Translate } from '@parlance/sip-server/context';
import type { EventContext } from '@parlance/sip-server/events/context';
import type { ToStanza } from '@parlance/xmpp-server/message/native';
import type { Crossing } from '@parlance/xmpp-server/presence/foreign';

const encoder = new TextEncoder();
const decoder = new TextDecoder();

/** A kept SIP message as a stanza; what cannot be read any more is an empty one. */
export const toStanza: ToStanza = (payload) =>
  stanzaOfSip(typeof payload === 'string' ? encoder.encode(payload) : payload) ?? '<message/>';

/** A kept stanza as a SIP message. */
export const toSip: Translate = (payload) =>
  sipOfStanza(typeof payload === 'string' ? payload : decoder.decode(payload));

/** A phone's presence as a stanza. */
export const toPresence: Crossing['toPresence'] = presenceOfLine;

/** A chat client's presence as a service in a presence document. */
export const toTuple: EventContext['tupleOf'] = tupleOfLine;
