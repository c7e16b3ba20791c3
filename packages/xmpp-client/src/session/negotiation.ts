// From a connection to a bound or resumed stream: STARTTLS, SASL, then XEP-0198 or resource binding (RFC 6120 §4.3, XEP-0198 §3, §5).
import { type Element, el } from '@parlance/xml/element';
import { formatJid, type Jid, parseJid } from '@parlance/xmpp/jid';
import { namespaces } from '@parlance/xmpp/namespaces';
import type { KeptKeys, Password } from '@parlance/xmpp/sasl/kept-keys';
import { iqRequest } from '@parlance/xmpp/stanza';
import { readStanzaError } from '@parlance/xmpp/stanza-error';
import { ProtocolError, StanzaError } from '../errors.ts';
import type { Platform } from '../platform.ts';
import type { Channel } from '../stream/channel.ts';
import type { StreamHeader } from '../stream/framing.ts';
import { authenticate } from './authentication.ts';
import type { Resumption } from './stream-management.ts';

export interface Party {
  /** The account; its resource, if any, is asked for. */
  readonly jid: Jid;
  readonly password: Password;
  /** Is given the keys that may be kept instead of the password, each time that they have opened the account. */
  readonly keep: (keys: KeptKeys) => void;
  readonly language: string | undefined;
  readonly platform: Platform;
}

export type Negotiated =
  | { readonly kind: 'resumed'; readonly resumed: Element }
  | {
      readonly kind: 'bound';
      /** The full address that the server gave. */
      readonly address: string;
      readonly features: Element;
      /** The server's `<enabled/>`; undefined without stream management. */
      readonly enabled: Element | undefined;
      /** The server's `<failed/>` to an attempt to resume: it may say how much of the old stream arrived. */
      readonly refused: Element | undefined;
      /** Stanzas that came before stream management began: they are not counted. */
      readonly early: readonly Element[];
    };

const openStream = async (channel: Channel, header: StreamHeader): Promise<Element> => {
  const answer = await channel.open(header);
  if (answer.attr('version') !== '1.0') throw new ProtocolError('the server does not speak XMPP 1.0');
  const features = await channel.next();
  if (features.name !== 'features' || features.ns !== namespaces.stream)
    throw new ProtocolError(`${features.name} in the place of stream features`);
  return features;
};

/** RFC 6120 §5: TLS when it is offered, and never on without it where it is wanted. */
const secured = async (channel: Channel, header: StreamHeader): Promise<Element> => {
  const features = await openStream(channel, header);
  if (channel.secure) return features;
  if (features.child('starttls', namespaces.tls) === undefined) {
    if (channel.transport.requireTls) throw new ProtocolError('the server offers no encryption');
    return features;
  }
  await channel.startTls(el('starttls', namespaces.tls), 'proceed');
  return openStream(channel, header);
};

const answered = async (channel: Channel, iq: Element): Promise<Element> => {
  channel.send(iq);
  const answer = await channel.next();
  if (answer.name !== 'iq' || answer.attr('id') !== iq.attr('id'))
    throw new ProtocolError(`${answer.name} in the place of an answer`);
  const error = readStanzaError(answer);
  if (error !== undefined) throw new StanzaError(error.condition, error.type, error.text);
  return answer;
};

/** RFC 6120 §7; and the session request of RFC 3921 §3 for servers that still insist. */
const bind = async (channel: Channel, features: Element, resource: string): Promise<string> => {
  const wish = resource === '' ? [] : [el('resource', namespaces.bind, {}, resource)];
  const answer = await answered(channel, iqRequest('set', 'bind', el('bind', namespaces.bind, {}, ...wish)));
  const jid = parseJid(answer.child('bind', namespaces.bind)?.childText('jid') ?? '');
  if (jid === undefined || jid.resource === '') throw new ProtocolError('the server binds no address');
  const session = features.child('session', namespaces.session);
  if (session !== undefined && session.child('optional') === undefined)
    await answered(channel, iqRequest('set', 'session', el('session', namespaces.session)));
  return formatJid(jid);
};

const isManagement = ({ ns, name }: Element): boolean =>
  ns === namespaces.sm && (name === 'enabled' || name === 'failed');

/** XEP-0198 §3: the server's answer to `<enable/>`, and the stanzas that came in front of it. */
const enable = async (channel: Channel): Promise<{ enabled: Element | undefined; early: readonly Element[] }> => {
  channel.send(el('enable', namespaces.sm, { resume: 'true' }));
  const early: Element[] = [];
  let element = await channel.next();
  for (; !isManagement(element); element = await channel.next()) {
    if (early.push(element) > 1_000) throw new ProtocolError('the server does not answer to <enable/>');
  }
  return { enabled: element.name === 'enabled' ? element : undefined, early };
};

/** Negotiates over a connected channel. Rejects with what makes it impossible; the channel is then the caller's to end. */
export const negotiate = async (
  channel: Channel,
  party: Party,
  resumption: Resumption | undefined,
): Promise<Negotiated> => {
  const { jid, language } = party;
  const header: StreamHeader = { to: jid.domain, ...(language === undefined ? {} : { lang: language }) };
  const offered = await secured(channel, header);
  const keys = await authenticate(channel, offered, { user: jid.local, password: party.password }, party.platform);
  if (keys !== undefined) party.keep(keys);
  channel.trust();
  const known = jid.local === '' ? header : { ...header, from: formatJid({ ...jid, resource: '' }) };
  const features = await openStream(channel, known);
  const manages = features.child('sm', namespaces.sm) !== undefined;
  let refused: Element | undefined;
  if (manages && resumption !== undefined) {
    channel.send(el('resume', namespaces.sm, { previd: resumption.id, h: String(resumption.h) }));
    const answer = await channel.next();
    if (answer.ns === namespaces.sm && answer.name === 'resumed') return { kind: 'resumed', resumed: answer };
    if (answer.ns !== namespaces.sm || answer.name !== 'failed')
      throw new ProtocolError(`${answer.name} in answer to <resume/>`);
    refused = answer;
  }
  const address = await bind(channel, features, jid.resource);
  const { enabled, early } = manages ? await enable(channel) : { enabled: undefined, early: [] };
  return { kind: 'bound', address, features, enabled, refused, early };
};
