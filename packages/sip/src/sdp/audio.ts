// Offer and answer of an audio user agent: G.711 and telephone events over RTP (RFC 3264 §5–§8; RFC 3551 §6; RFC 4733 §2.4).
import { type Line, line, type Section, type SessionDescription } from './description.ts';
import {
  type Address,
  connectionOf,
  type Direction,
  directionOf,
  isDirection,
  mediumOf,
  originOf,
  type PayloadType,
  payloadTypesOf,
} from './values.ts';

/** Codecs in the order of preference, by their payload numbers (RFC 3551 §6). */
export type AudioCodec = 'pcmu' | 'pcma';

const staticNumbers: Readonly<Record<AudioCodec, number>> = { pcmu: 0, pcma: 8 };

/** The number that we offer for telephone events: the one that most phones take. */
const eventsNumber = 101;
const events = 'telephone-event';

/** Our side of a session. */
export interface LocalAudio {
  /** The origin's id and version: numbers; the version grows by one with each description that differs (RFC 3264 §8). */
  readonly id: string;
  readonly version: number;
  /** Where RTP is received: an IP address, and an even port. */
  readonly address: string;
  readonly port: number;
  readonly codecs: readonly AudioCodec[];
  /** What we want; on hold `sendonly` or `inactive` (RFC 3264 §8.4). */
  readonly direction: Direction;
}

const milliseconds = 20;

const addressText = (host: string): string => `IN ${host.includes(':') ? 'IP6' : 'IP4'} ${host}`;

const sessionLines = ({ id, version, address }: LocalAudio, name: string, times: readonly Line[]): Section => [
  line('v', '0'),
  line('o', `- ${id} ${version} ${addressText(address)}`),
  line('s', name),
  line('c', addressText(address)),
  ...times,
];

const audioLines = ({ port }: LocalAudio, types: readonly PayloadType[], direction: Direction): Section => [
  line('m', `audio ${port} RTP/AVP ${types.map(({ number }) => number).join(' ')}`),
  ...types.flatMap(({ number, name, parameters }) => [
    line('a', `rtpmap:${number} ${name === events ? name : name.toUpperCase()}/8000`),
    ...(parameters === undefined ? [] : [line('a', `fmtp:${number} ${parameters}`)]),
  ]),
  line('a', `ptime:${milliseconds}`),
  line('a', direction),
];

const payloadType = (number: number, name: string): PayloadType => ({
  number,
  name,
  rate: 8000,
  channels: 1,
  parameters: name === events ? '0-15' : undefined,
});

/** A description that offers all our codecs and telephone events: for an INVITE, or a new version of it (§5, §8). */
export const offerAudio = (local: LocalAudio): SessionDescription => {
  const codecs = local.codecs.map((codec) => payloadType(staticNumbers[codec], codec));
  return {
    session: sessionLines(local, '-', [line('t', '0 0')]),
    media: [audioLines(local, [...codecs, payloadType(eventsNumber, events)], local.direction)],
  };
};

/** Payload types of an offer that we know, with the offer's numbers and in its order (§6.1). */
const common = (section: Section, { codecs }: LocalAudio): readonly PayloadType[] =>
  payloadTypesOf(section)
    .filter(({ name, rate, channels }) => {
      const ours = name === events || codecs.some((codec) => codec === name);
      return ours && rate === 8000 && channels === 1;
    })
    .map(({ number, name }) => payloadType(number, name));

const isCodec = ({ name }: PayloadType): boolean => name !== events;

const isAcceptable = (section: Section, local: LocalAudio): boolean => {
  const { kind, port, protocol } = mediumOf(section);
  return kind === 'audio' && port !== 0 && protocol === 'RTP/AVP' && common(section, local).some(isCodec);
};

/**
 * The answer to an offer: its first audio medium that we can take, all others with port 0, in the same order (§6). Undefined when
 * there is none, or no address for it: the INVITE gets 488. Throws `SipError` 400 for a malformed offer.
 */
export const answerAudio = (offer: SessionDescription, local: LocalAudio): SessionDescription | undefined => {
  const taken = offer.media.findIndex((section) => isAcceptable(section, local));
  const section = offer.media[taken];
  if (section === undefined || connectionOf(offer, section) === undefined) return undefined;
  const direction = meet(local.direction, reversed(offeredDirection(offer, section)));
  // The answer's times are the offer's (§6).
  const times = offer.session.filter(({ type }) => type === 't').map(({ value }) => line('t', value));
  return {
    session: sessionLines(local, '-', times.length === 0 ? [line('t', '0 0')] : times),
    media: offer.media.map((each, n) =>
      n === taken ? audioLines(local, common(each, local), direction) : refused(each),
    ),
  };
};

/** A refused medium repeats kind, protocol and formats, so that the answer is well-formed (§6). */
const refused = (section: Section): Section => {
  const { kind, protocol, formats } = mediumOf(section);
  return [line('m', `${kind} 0 ${protocol} ${formats.join(' ')}`)];
};

const sends = (direction: Direction): boolean => direction === 'sendrecv' || direction === 'sendonly';
const receives = (direction: Direction): boolean => direction === 'sendrecv' || direction === 'recvonly';

const directed = (send: boolean, receive: boolean): Direction => {
  if (send) return receive ? 'sendrecv' : 'sendonly';
  return receive ? 'recvonly' : 'inactive';
};

/** The same direction seen from the other side. */
const reversed = (direction: Direction): Direction => directed(receives(direction), sends(direction));

const meet = (one: Direction, other: Direction): Direction =>
  directed(sends(one) && sends(other), receives(one) && receives(other));

/** The address zero holds too, as in RFC 2543: nothing may be sent there (§8.4). */
const offeredDirection = (description: SessionDescription, section: Section): Direction => {
  const direction = directionOf(description, section);
  const host = connectionOf(description, section)?.host;
  return host === '0.0.0.0' || host === '::' ? directed(sends(direction), false) : direction;
};

/** What both sides agreed on, from ours. */
export interface AgreedAudio {
  /** Where the peer says that it receives. Nothing is sent there before its call is authenticated: it may be anybody's address. */
  readonly remote: Address;
  readonly port: number;
  readonly codec: AudioCodec;
  /** Payload numbers for what we send, and for what we receive. */
  readonly sending: { readonly codec: number; readonly events: number | undefined };
  readonly receiving: { readonly codec: number; readonly events: number | undefined };
  readonly direction: Direction;
}

/**
 * What two descriptions of a session, one the offer and one the answer, agree on (§7): the first medium that is audio and taken by
 * both. Undefined when there is none. Throws `SipError` 400 for a malformed remote one.
 */
export const agreedAudio = (local: SessionDescription, remote: SessionDescription): AgreedAudio | undefined => {
  for (const [n, mine] of local.media.entries()) {
    const theirs = remote.media[n];
    if (theirs !== undefined) {
      const agreed = agreedSection(local, mine, remote, theirs);
      if (agreed !== undefined) return agreed;
    }
  }
  return undefined;
};

const agreedSection = (
  local: SessionDescription,
  mine: Section,
  remote: SessionDescription,
  theirs: Section,
): AgreedAudio | undefined => {
  const { kind, port, protocol } = mediumOf(theirs);
  const address = connectionOf(remote, theirs);
  if (kind !== 'audio' || protocol !== 'RTP/AVP' || port === 0 || address === undefined) return undefined;
  if (mediumOf(mine).kind !== 'audio' || mediumOf(mine).port === 0) return undefined;
  const [ours, peers] = [payloadTypesOf(mine), payloadTypesOf(theirs)];
  const named = (types: readonly PayloadType[], name: string): number | undefined =>
    types.find((type) => type.name === name && type.rate === 8000)?.number;
  for (const { name, number, rate } of peers) {
    const receiving = named(ours, name);
    if (receiving !== undefined && rate === 8000 && (name === 'pcmu' || name === 'pcma'))
      return {
        remote: address,
        port,
        codec: name,
        sending: { codec: number, events: named(peers, events) },
        receiving: { codec: receiving, events: named(ours, events) },
        direction: meet(directionOf(local, mine), reversed(offeredDirection(remote, theirs))),
      };
  }
  return undefined;
};

/** The next version of our own description with another direction: hold and resume (§8, §8.4). */
export const redirected = (description: SessionDescription, direction: Direction): SessionDescription => {
  const { user, id, version, address } = originOf(description);
  const next = `${user} ${id} ${BigInt(version) + 1n} IN ${address.family} ${address.host}`;
  const isOther = ({ type, value }: Line): boolean => type !== 'a' || !isDirection(value);
  return {
    session: description.session.filter(isOther).map((each) => (each.type === 'o' ? line('o', next) : each)),
    media: description.media.map((section) =>
      mediumOf(section).port === 0 ? section : [...section.filter(isOther), line('a', direction)],
    ),
  };
};
