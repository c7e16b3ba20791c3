// What others see of a session: its last presence, as it is, away while nobody knows whether it comes back, or gone (RFC 6121 §4).
import { parseDocument } from '@parlance/xml/document';
import { type Element, el } from '@parlance/xml/element';
import { escapeAttr, serialise } from '@parlance/xml/serialise';
import { namespaces } from '@parlance/xmpp/namespaces';
import { presence, readPresenceLevel } from '@parlance/xmpp/wire/rfc-6121.presence';
import type { XmppSession } from '../session/session.ts';

const opening = '<presence';

/** The text of a presence without `to`, serialised once however many get it. */
export const unaddressed = (stanza: Element): string =>
  serialise(stanza.withAttrs({ to: undefined }), namespaces.client);

/** The same text for one recipient. */
export const addressed = (text: string, to: string): string =>
  `${opening} to='${escapeAttr(to)}'${text.slice(opening.length)}`;

/** The unavailable presence of a session that said nothing itself (§4.5.2). */
export const gone = (jid: string): string => serialise(presence('unavailable', { from: jid }), namespaces.client);

/** The same presence with the least available show that is true of a person whose connection is lost. */
const away = (text: string): string => {
  const stanza = parseDocument(text, undefined, namespaces.client);
  const show = readPresenceLevel(stanza)?.show;
  if (show === 'away' || show === 'xa') return text;
  const rest = stanza.children.filter(
    (child) => typeof child === 'string' || child.name !== 'show' || child.ns !== stanza.ns,
  );
  return serialise(stanza.withChildren([el('show', stanza.ns, {}, 'away'), ...rest]), namespaces.client);
};

/** What is shown of an available session (DESIGN §1 row 2: away while it may be resumed, after a grace); '' of others. */
export const shown = (session: XmppSession): string =>
  session.reachable || session.presence === '' ? session.presence : away(session.presence);
