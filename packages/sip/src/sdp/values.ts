// What lines of a session description say: origin, connection, media, formats, direction (RFC 8866 §5, §6; RFC 3605).
import { isAll, isDigit } from '../characters.ts';
import { malformed } from '../error.ts';
import type { Section, SessionDescription } from './description.ts';

export interface Address {
  readonly family: 'IP4' | 'IP6';
  /** As written: an address, or a name. */
  readonly host: string;
}

/** Who made the session, and which version of it this is (§5.2). */
export interface Origin {
  readonly user: string;
  /** Numbers of up to 64 bits, as they are written. */
  readonly id: string;
  readonly version: string;
  readonly address: Address;
}

/** A medium as its `m=` says (§5.14). */
export interface Medium {
  /** `audio`, `video`, `application`, `message`, `image`. */
  readonly kind: string;
  /** 0 refuses the medium or takes it away (RFC 3264 §5.1, §8.2). */
  readonly port: number;
  /** `RTP/AVP`, `RTP/SAVPF`, `TCP/MSRP` … */
  readonly protocol: string;
  readonly formats: readonly string[];
}

export type Direction = 'sendrecv' | 'sendonly' | 'recvonly' | 'inactive';

/** One RTP payload type of a medium (§6.6, §6.15). */
export interface PayloadType {
  readonly number: number;
  /** In lower case: `pcmu`, `telephone-event`. */
  readonly name: string;
  /** Per second. */
  readonly rate: number;
  readonly channels: number;
  readonly parameters: string | undefined;
}

/** Formats of one medium. */
const mostFormats = 128;

const what = 'session description';

const port = (text: string | undefined): number => {
  if (text === undefined || text.length > 5 || !isAll(text, isDigit) || Number(text) > 65_535) throw malformed(what);
  return Number(text);
};

const address = (net: string | undefined, family: string | undefined, host: string | undefined): Address => {
  if (net !== 'IN' || (family !== 'IP4' && family !== 'IP6') || host === undefined || host === '')
    throw malformed(what);
  return { family, host };
};

/** Throws `SipError` 400 when there is none that can be read. */
export const originOf = ({ session }: SessionDescription): Origin => {
  const fields = session.find(({ type }) => type === 'o')?.value.split(' ', 7) ?? [];
  const [user = '', id = '', version = '', net, family, host] = fields;
  const numbers = [id, version].every((text) => text.length < 21 && isAll(text, isDigit));
  if (fields.length !== 6 || user === '' || !numbers) throw malformed(what);
  return { user, id, version, address: address(net, family, host) };
};

/** Throws `SipError` 400 for a malformed `m=`, or one with more than 128 formats. */
export const mediumOf = (section: Section): Medium => {
  const [kind = '', ports, protocol = '', ...formats] = section[0]?.value.split(' ', mostFormats + 4) ?? [];
  if (section[0]?.type !== 'm' || kind === '' || protocol === '') throw malformed(what);
  if (formats.length === 0 || formats.length > mostFormats || formats.includes('')) throw malformed(what);
  return { kind, port: port(ports?.split('/', 1)[0]), protocol, formats };
};

/** The address of a medium: its own `c=`, or the session's (§5.7); undefined when neither is there. Throws `SipError` 400. */
export const connectionOf = ({ session }: SessionDescription, section: Section): Address | undefined => {
  const found = [section, session].map((lines) => lines.find(({ type }) => type === 'c')).find((each) => each);
  if (found === undefined) return undefined;
  const [net, family, host] = found.value.split(' ', 3);
  return address(net, family, host?.split('/', 1)[0]);
};

/** The values of all attributes of this name, in order; '' for one without value. */
export const attributesOf = (section: Section, name: string): readonly string[] =>
  section.flatMap(({ type, value }) => {
    if (type !== 'a' || !value.startsWith(name)) return [];
    if (value.length === name.length) return '';
    return value[name.length] === ':' ? value.slice(name.length + 1) : [];
  });

const directions: readonly Direction[] = ['sendrecv', 'sendonly', 'recvonly', 'inactive'];

export const isDirection = (text: string): text is Direction => directions.some((direction) => direction === text);

const ownDirection = (section: Section): Direction | undefined =>
  section.flatMap(({ type, value }) => (type === 'a' && isDirection(value) ? value : []))[0];

/** The direction of a medium: its own, the session's, or both ways (§6.7). */
export const directionOf = ({ session }: SessionDescription, section: Section): Direction =>
  ownDirection(section) ?? ownDirection(session) ?? 'sendrecv';

/** Payload types that are known without an `a=rtpmap` (RFC 3551 §6). */
const fixed: Readonly<Record<number, string>> = { 0: 'pcmu', 3: 'gsm', 8: 'pcma', 9: 'g722', 18: 'g729' };

/** The payload types of an RTP medium in the order of preference. Formats that are no numbers below 128, or not described, are left out. */
export const payloadTypesOf = (section: Section): readonly PayloadType[] => {
  const maps = byNumber(attributesOf(section, 'rtpmap'));
  const parameters = byNumber(attributesOf(section, 'fmtp'));
  return mediumOf(section).formats.flatMap((format) => {
    const number = format.length < 4 && isAll(format, isDigit) ? Number(format) : 128;
    const described = maps.get(format) ?? (fixed[number] === undefined ? undefined : `${fixed[number]}/8000`);
    const [name = '', rate = '', channels = '1'] = described?.split('/', 3) ?? [];
    if (number > 127 || name === '' || ![rate, channels].every((text) => text.length < 8 && isAll(text, isDigit)))
      return [];
    const found = { number, name: name.toLowerCase(), rate: Number(rate), channels: Number(channels) };
    return { ...found, parameters: parameters.get(format) };
  });
};

/** `number value` pairs; of two for one number the first counts. */
const byNumber = (attributes: readonly string[]): ReadonlyMap<string, string> => {
  const found = new Map<string, string>();
  for (const attribute of attributes) {
    const space = attribute.indexOf(' ');
    const number = attribute.slice(0, Math.max(space, 0));
    if (space > 0 && !found.has(number)) found.set(number, attribute.slice(space + 1).trim());
  }
  return found;
};

/** Where RTCP goes when it is not the port above (RFC 3605 §2.1); undefined when it is not said. Throws `SipError` 400. */
export const rtcpOf = (
  section: Section,
): { readonly port: number; readonly address: Address | undefined } | undefined => {
  const [said] = attributesOf(section, 'rtcp');
  if (said === undefined) return undefined;
  const [number, net, family, host] = said.split(' ', 4);
  return { port: port(number), address: net === undefined ? undefined : address(net, family, host) };
};
