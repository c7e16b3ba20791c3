// The peer's stream header, checked (RFC 6120 §4.7, §4.8): what a stream is for, or why it cannot be.
import type { Element } from '@parlance/xml/element';
import { formatBare, parseJid } from '@parlance/xmpp/jid';
import { StreamError } from '@parlance/xmpp/stream-error';
import type { Framing } from './framing.ts';

export interface PeerHeader {
  /** The host the peer wants, prepared. */
  readonly to: string;
  /** Its bare address, where it gave a well-formed one. */
  readonly from: string | undefined;
  readonly language: string | undefined;
}

/** Major and minor are numbers of their own, leading zeros mean nothing (RFC 6120 §4.7.5); no version is 0.9, which had no features. */
const isSupported = (version: string | undefined): boolean => {
  const [, major] = /^(\d{1,9})\.\d{1,9}$/.exec(version ?? '') ?? [];
  return Number(major) >= 1;
};

/** A language tag as far as it matters here: letters, digits, hyphens (RFC 5646 §2.1). */
const languageOf = (text: string | undefined): string | undefined =>
  text !== undefined && /^[A-Za-z]{1,8}(-[A-Za-z0-9]{1,8}){0,8}$/.test(text) ? text : undefined;

/** Languages in which this server writes for people; the first one for everybody else. */
const spoken = ['en', 'zh'] as const;

export type Language = (typeof spoken)[number];

/** The language that a peer is answered in: what it asked for without as many subtags as it takes (RFC 6120 §4.7.4). */
export const answerLanguage = (asked = ''): Language =>
  spoken.find((tag) => `${asked.toLowerCase()}-`.startsWith(`${tag}-`)) ?? spoken[0];

const bareAddress = (text: string): string | undefined => {
  const jid = parseJid(text);
  return jid === undefined || jid.local === '' ? undefined : formatBare(jid);
};

/** Whether the element is the right kind of root at all (RFC 6120 §4.8.1). Throws StreamError. */
export const checkRoot = ({ ns, name }: Element, { root }: Framing): void => {
  if (ns !== root.ns) throw new StreamError('invalid-namespace', `the root is not in ${root.ns}`);
  if (name !== root.name) throw new StreamError('bad-format', `the root is not <${root.name}/>`);
};

/** Reads a header whose root is right. Throws StreamError. */
export const readHeader = (root: Element, isLocal: (domain: string) => boolean): PeerHeader => {
  const to = parseJid(root.attr('to') ?? '')?.domain;
  if (to === undefined || !isLocal(to)) throw new StreamError('host-unknown');
  if (!isSupported(root.attr('version'))) throw new StreamError('unsupported-version', 'this server speaks XMPP 1.0');
  const from = root.attr('from');
  return {
    to,
    from: from === undefined ? undefined : bareAddress(from),
    language: languageOf(root.attr('xml:lang')),
  };
};
