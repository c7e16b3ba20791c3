// The configuration file's shape: every key with its default and bounds (CONTRACT, "Configuration"). Unknown keys are errors.
import { isIP } from 'node:net';
import { isSip, readUri, type SipUri } from '@parlance/sip/uri';
import { makeJid } from '@parlance/xmpp/jid';
import { z } from 'zod';
import { nearest } from './nearest.ts';

const unknownKey = (known: readonly string[], typed: readonly string[]): string =>
  `unknown key; did you mean ${nearest(typed[0] ?? '', known)}?`;

/** An object that knows its keys. */
const strict = <Shape extends z.core.$ZodLooseShape>(shape: Shape) =>
  z.strictObject(shape, {
    error: (issue) =>
      issue.code === 'unrecognized_keys' ? unknownKey(Object.keys(shape), issue.keys ?? []) : undefined,
  });

/** An object of which nothing need be given: absent, or empty (`http:` with no value), it is all defaults. */
const section = <Shape extends z.core.$ZodLooseShape>(shape: Shape) =>
  z.preprocess((given) => given ?? {}, strict(shape)).prefault({});

const text = z.string().min(1);
const optionalText = text.nullable().default(null);
const flag = (value: boolean) => z.boolean().default(value);
const record = z.record(z.string(), z.unknown()).nullable().default({});

const port = z.int().min(0).max(65_535);
const address = z.string().refine((value) => isIP(value) !== 0, 'an IP address is wanted, such as 127.0.0.1 or "::"');
const entry = z.union([port, strict({ address, port })]);
const listen = (value: number) => z.union([entry, z.array(entry).min(1), z.literal(false)]).default(value);

const domainName = text.transform((name, context) => {
  const prepared = makeJid('', name, '');
  if (prepared !== undefined) return prepared.domain;
  context.addIssue({ code: 'custom', message: `${name} is no domain name` });
  return z.NEVER;
});

const sipUriOf = (value: string): SipUri | undefined => {
  try {
    const uri = readUri(value);
    return isSip(uri) ? uri : undefined;
  } catch {
    return undefined;
  }
};

/** An address or a network: `10.0.0.0/8`. */
const network = text.refine((value) => {
  const [base = '', bits = '0', ...more] = value.split('/');
  const most = isIP(base) === 6 ? 128 : 32;
  return isIP(base) !== 0 && more.length === 0 && /^\d+$/.test(bits) && Number(bits) <= most;
}, 'an IP address or a network is wanted, such as 10.0.0.0/8');

const origin = text.refine(
  (value) => value === '*' || (URL.canParse(value) && new URL(value).origin === value),
  'an origin is wanted, such as https://chat.example, without a path; or "*"',
);

/** What may stand in a URI (RFC 3261 §25.1), without brackets. */
const host = text.refine(
  (value) => isIP(value) !== 0 || /^[a-z0-9]([a-z0-9.-]*[a-z0-9])?$/i.test(value),
  'a host name or an IP address is wanted, such as sip.example.org',
);

const sipUri = text.transform((value, context) => {
  const uri = sipUriOf(value);
  if (uri !== undefined) return uri;
  context.addIssue({ code: 'custom', message: 'a SIP URI is wanted, such as sip:pbx.example:5060;transport=tcp' });
  return z.NEVER;
});

/** A place without scheme: the rest of a SIP URI without a user. */
const sipPlace = text.refine((value) => {
  const uri = sipUriOf(`sip:${value}`);
  return uri !== undefined && uri.user === undefined;
}, 'a host is wanted, such as 192.0.2.1:5060;transport=tcp');

/** What begins a user part; YAML reads digits as a number. */
const prefix = z.union([text, z.int().min(0).transform(String)]);

const sipMode = z.enum(['proxy', 'redirect']);

const sipRoute = strict({
  match: section({
    domain: domainName.optional(),
    prefix: prefix.optional(),
    method: z
      .string()
      .regex(/^[A-Z]+$/, 'a method is wanted, such as INVITE')
      .optional(),
    source: network.optional(),
  }),
  to: sipUri.optional(),
  deny: z.int().min(400).max(699).optional(),
}).refine(({ to, deny }) => (to === undefined) !== (deny === undefined), 'either to or deny is wanted');

const sipPeer = strict({ domain: domainName, tls: text.toLowerCase().optional(), address: network.optional() }).refine(
  ({ tls: name, address: from }) => name !== undefined || from !== undefined,
  'tls or address is wanted',
);

const registration = z.enum(['closed', 'invite', 'open']);
const tls = section({ cert: optionalText, key: optionalText, acme: z.unknown().optional() }).refine(
  ({ cert, key }) => (cert === null) === (key === null),
  'cert and key belong together',
);

/** Days, and parts of days; null: for ever. */
const days = z.number().positive().max(36_500).nullable();

const domain = z.union([
  domainName.transform((name) => ({
    name,
    tls: undefined,
    auth: undefined,
    archive: undefined,
    s2s: undefined,
    sip: undefined,
  })),
  strict({
    name: domainName,
    tls: tls.optional(),
    auth: section({ plaintext: z.boolean().optional(), registration: registration.optional() }).optional(),
    archive: section({ keepDays: days.optional() }).optional(),
    s2s: z.unknown().optional(),
    sip: section({ mode: sipMode.optional() }).optional(),
  }),
]);

const seconds = z.int().min(1).max(86_400);
const bytes = z.int().min(10_000).max(1_073_741_824);

/** What one person or connection may cost. */
const limits = section({
  /** Bytes of one stanza after signing in; below 10,000 is forbidden (RFC 6120 §13.12). */
  stanzaBytes: bytes.default(262_144),
  /** Bytes that wait for one session before it is detached. */
  outboundBytes: bytes.default(4_194_304),
  /** Bytes that all sessions of one account may send in a second, in the long run; each stanza counts as 512 more. */
  bytesPerSecond: bytes.default(1_000_000),
  /** Seconds a connection has until it is signed in. */
  negotiationSeconds: seconds.default(30),
  /** Seconds a stream may be resumed after its connection is gone (XEP-0198). */
  resumptionSeconds: seconds.default(600),
  /** Sessions of one account at a time. */
  sessionsPerAccount: z.int().min(1).max(1_000).default(20),
  /** Messages that wait for one account at a time (XEP-0160 §2). */
  pendingPerAccount: z.int().min(1).max(1_000_000).default(10_000),
  /** Messages kept for one recipient from one address that is no contact, within a day. */
  strangerMessagesPerDay: z.int().min(1).max(1_000_000_000).default(1_000),
  /** Bytes of one account's archive, 256 for each message included; null or 0: as many as there are. */
  archiveBytes: z.int().min(0).nullable().default(1_073_741_824),
});

export const fileSchema = section({
  domains: z
    .array(domain)
    .min(1)
    .default([
      { name: 'localhost', tls: undefined, auth: undefined, archive: undefined, s2s: undefined, sip: undefined },
    ]),
  data: text.default('./data'),
  address: address.default('127.0.0.1'),
  listen: section({
    c2s: listen(5222),
    c2sTls: listen(5223),
    s2s: listen(5269),
    component: listen(5347),
    http: listen(5280),
    https: listen(5443),
    admin: listen(5290),
    sipUdp: listen(5060),
    sipTcp: listen(5060),
    sipTls: listen(5061),
    msrp: listen(2855),
    stun: listen(3478),
  }),
  http: section({
    publicUrl: z
      .url({ protocol: /^https?$/ })
      .nullable()
      .default(null),
    trustedProxies: z.array(network).default([]),
    origins: z.array(origin).default([]),
  }),
  tls,
  auth: section({
    plaintext: flag(false),
    registration: registration.default('closed'),
    anonymous: z.array(domainName).default([]),
  }),
  sip: section({
    mode: sipMode.default('proxy'),
    /** Digest over UDP, TCP and plain WebSocket is answered 403. */
    requireTls: flag(false),
    /** Phones may use the account's own password; false: app passwords only. */
    accountPassword: flag(true),
    /** MD5 is offered behind SHA-256. */
    digestMd5: flag(true),
    advertise: host.nullable().default(null),
    routes: z.array(sipRoute).default([]),
    peers: z.array(sipPeer).default([]),
    /** Places of domains that are not asked of the DNS. */
    hosts: z.record(z.string().toLowerCase(), sipPlace).nullable().default({}),
  }),
  storage: section({ driver: z.enum(['sqlite', 'postgres']).default('sqlite'), url: optionalText }),
  cluster: section({ nats: optionalText, node: optionalText }),
  archive: section({ enabled: flag(true), keepDays: days.default(null) }),
  s2s: section({
    enabled: flag(true),
    requireTls: flag(true),
    allow: z.array(z.unknown()).nullable().default(null),
    hosts: record,
  }),
  components: record,
  turn: section({ externalIp: optionalText, secret: optionalText, url: optionalText }),
  direct: section({ enabled: flag(true) }),
  language: z.enum(['en', 'zh']).nullable().default(null),
  log: section({ level: z.enum(['debug', 'info', 'warn', 'error']).default('info') }),
  limits,
});

/** The file as it was written, defaults filled in. */
export type FileSettings = z.infer<typeof fileSchema>;
