// What the CLI may ask of a server, running or not: each request with its shape; the answers' types. One JSON line each on the socket.

import type { AppPassword, NewAppPassword } from '@parlance/core/app-passwords';
import type { AccountId, Sequence } from '@parlance/core/ids';
import type { RetentionReport } from '@parlance/core/retention';
import type { AccountSummary } from '@parlance/core/store';
import type { TraceRecord } from '@parlance/core/trace';
import type { Part } from '@parlance/xmpp-server/portable/outgoing';
import { z } from 'zod';
import type { ListenerRow } from '../compose/listeners.ts';

const role = z.enum(['user', 'admin']);
const address = z.string();
/** The address may look like another one. */
const lookAlike = z.boolean();
const nothing = z.strictObject({});

const accountId = z.int().transform((id) => id as AccountId);
const above = z.int().min(0);

/** Where the next part of an account begins. */
const place = z.union([
  z.strictObject({ stage: z.literal('items'), node: above, above }),
  z.strictObject({ stage: z.enum(['offline', 'archive']), above: above.transform((at) => at as Sequence) }),
]);

/** Accounts, or elements of one account, in one request of an import: one batch on disk. */
export const importBatch = 250;

export const requestSchemas = {
  'user add': z.strictObject({ address, password: z.string(), role, lookAlike }),
  'user import': z.strictObject({
    users: z.array(z.strictObject({ address, password: z.string() })).max(importBatch),
    lookAlike,
  }),
  'user list': z.strictObject({ domain: z.string().nullable(), after: address.nullable() }),
  'user passwd': z.strictObject({ address, password: z.string() }),
  'user remove': z.strictObject({ address }),
  'user role': z.strictObject({ address, role }),
  'user suspend': z.strictObject({ address, suspended: z.boolean() }),
  'app-password add': z.strictObject({ address, label: z.string() }),
  'app-password list': z.strictObject({ address }),
  'app-password remove': z.strictObject({ address, id: z.string() }),
  'export account': z.strictObject({ address, place: place.nullable() }),
  'import begin': z.strictObject({ address, replace: z.boolean() }),
  'import part': z.strictObject({ id: accountId, elements: z.array(z.string()).max(importBatch) }),
  'import end': z.strictObject({
    id: accountId,
    replace: z.boolean(),
    lookAlike,
    /** The account may have nothing better than a verifier for SHA-1. */
    sha1: z.boolean(),
    password: z.string().nullable(),
  }),
  'import abandon': z.strictObject({ id: accountId }),
  addresses: z.strictObject({ address: address.nullable() }),
  trace: z.strictObject({ id: z.string() }),
  status: nothing,
  reload: nothing,
} as const;

export type RequestName = keyof typeof requestSchemas;
export type Asked<Name extends RequestName> = z.infer<(typeof requestSchemas)[Name]>;

/** A row of the communication address table as people see it (CONTRACT, `parlance addresses`). */
export interface AddressRow {
  /** `local@domain/label`: where a message may be sent. */
  readonly id: string;
  readonly protocol: string;
  readonly device: string | null;
  readonly remote: { readonly address: string; readonly port: number };
  /** The node of a cluster that holds the session; null: this one. */
  readonly node: string | null;
  /** Endpoints that the device declared for direct connections. */
  readonly endpoints: readonly { readonly address: string; readonly port: number }[];
  readonly show: string | null;
  readonly priority: number | null;
  readonly connected: boolean;
  /** Milliseconds since 1970. */
  readonly since: number;
}

export interface Status {
  readonly running: boolean;
  readonly version: string;
  readonly pid: number | null;
  readonly data: string;
  readonly domains: readonly string[];
  /** Milliseconds since 1970. */
  readonly since: number | null;
  readonly sessions: number;
  /** Messages routed since the start. */
  readonly messages: number;
  /** When archives were gone through last, and how many entries have left them since the start. */
  readonly retention: RetentionReport | null;
  /** What phones hold at this moment; null when the server does not run. */
  readonly phones: Phones | null;
  readonly listeners: readonly ListenerRow[];
}

/** Contacts, subscriptions and publications of SIP. */
export interface Phones {
  readonly bindings: number;
  readonly watchers: number;
  readonly publications: number;
}

/** One line of an import that gave no account. */
export interface ImportFailure {
  /** In the request's list. */
  readonly index: number;
  readonly code: Code;
  readonly other?: string;
}

export interface Answers {
  'user add': null;
  'user import': readonly ImportFailure[];
  /** `next` is the `after` of the following page; null on the last one. */
  'user list': { readonly users: readonly AccountSummary[]; readonly next: string | null };
  'user passwd': null;
  'user remove': null;
  'user role': null;
  'user suspend': null;
  'app-password add': NewAppPassword;
  'app-password list': readonly AppPassword[];
  'app-password remove': null;
  'export account': Part;
  'import begin': { readonly id: AccountId };
  /** Which of the elements were not understood, or not wholly, by their places in the request. */
  'import part': readonly number[];
  'import end': null;
  'import abandon': null;
  addresses: readonly AddressRow[];
  trace: readonly TraceRecord[];
  status: Status;
  /** What was not taken over, one sentence each. */
  reload: readonly string[];
}

/** Why something was refused, as a key of the texts for people. */
export type Code =
  | 'address-malformed'
  | 'address-resembles'
  | 'address-taken'
  | 'address-unknown'
  | 'app-password-unknown'
  | 'app-passwords-many'
  | 'domain-foreign'
  | 'label-long'
  | 'password-malformed'
  | 'sha1-only'
  | 'trace-unknown'
  | 'not-running'
  | 'configuration'
  | 'request-malformed'
  | 'internal';

/** An expected no to a request; `subject` is what it is about, as the person wrote it, `other` what stands against it. */
export class ControlRefusal extends Error {
  override readonly name = 'ControlRefusal';
  readonly code: Code;
  readonly subject: string;
  readonly other: string;

  constructor(code: Code, subject: string, other = '') {
    super(`${code}: ${subject}`);
    this.code = code;
    this.subject = subject;
    this.other = other;
  }
}

/** Answers requests: a running server, a data directory that nobody runs, or the socket to a running server. */
export type Ask = <Name extends RequestName>(name: Name, asked: Asked<Name>) => Promise<Answers[Name]>;
