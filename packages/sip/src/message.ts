// Requests and responses: fields as they came, typed values on demand, never changed once made (RFC 3261 §7).
import type { HeaderCodec } from './codec.ts';
import { Cursor } from './cursor.ts';
import { SipError } from './error.ts';
import { Field } from './field.ts';
import { singles } from './names.ts';
import { readUri, type Uri } from './uri.ts';

const noBody = new Uint8Array(0);

interface Parts {
  readonly fields: readonly Field[];
  /** Belongs to the message from now on. */
  readonly body?: Uint8Array;
}

abstract class Message {
  /** In the order of the wire. */
  readonly fields: readonly Field[];
  readonly body: Uint8Array;
  /** By whom values were read, and what: few enough that a search is quicker than a map. */
  readonly #codecs: object[] = [];
  readonly #values: (readonly unknown[])[] = [];

  constructor({ fields, body = noBody }: Parts) {
    this.fields = fields;
    this.body = body;
  }

  /** The topmost field of this id. */
  field(id: string): Field | undefined {
    for (const field of this.fields) if (field.id === id) return field;
    return undefined;
  }

  has(id: string): boolean {
    return this.field(id) !== undefined;
  }

  /** The value of the topmost field of this id as text. */
  text(id: string): string | undefined {
    return this.field(id)?.value;
  }

  /** Every value, in order. Throws `SipError` 400 when one cannot be read. */
  all<T>(codec: HeaderCodec<T>): readonly T[] {
    const at = this.#codecs.indexOf(codec);
    // In the place of each codec stands what it read.
    if (at !== -1) return this.#values[at] as readonly T[];
    const values: T[] = [];
    for (const field of this.fields) if (field.id === codec.id) readValues(codec, field.value, values);
    this.#codecs.push(codec);
    this.#values.push(values);
    return values;
  }

  /** The topmost value. */
  first<T>(codec: HeaderCodec<T>): T | undefined {
    return this.all(codec)[0];
  }

  /** The value of a field that may be missing. Throws `SipError` 400 when it is there twice. */
  optional<T>(codec: HeaderCodec<T>): T | undefined {
    const values = this.all(codec);
    if (values.length > 1) throw new SipError(400, `Repeated ${codec.id}`);
    return values[0];
  }

  /** The value of a field that must be there, once. Throws `SipError` 400 otherwise. */
  one<T>(codec: HeaderCodec<T>): T {
    const value = this.optional(codec);
    if (value === undefined) throw new SipError(400, `Missing ${codec.id}`);
    return value;
  }

  /** The first line, without its end. */
  abstract get startLine(): string;
}

const readValues = <T>(codec: HeaderCodec<T>, text: string, into: T[]): void => {
  // An empty list is legal where the grammar has one, e.g. `Supported:` (RFC 3261 §25.1).
  if (codec.list && text === '') return;
  const cursor = new Cursor(text, codec.id);
  do into.push(codec.read(cursor));
  while (codec.list && cursor.sign(','));
  cursor.end();
};

export class SipRequest extends Message {
  readonly method: string;
  /** The request's URI as on the wire. */
  readonly uri: string;
  /** As on the wire; anything but `SIP/2.0` is refused (`check.ts`). */
  readonly version: string;
  #target: Uri | undefined;

  constructor(parts: Parts & { readonly method: string; readonly uri: string; readonly version?: string }) {
    super(parts);
    this.method = parts.method;
    this.uri = parts.uri;
    this.version = parts.version ?? 'SIP/2.0';
  }

  /** The request's URI. Throws `SipError` 400. */
  get target(): Uri {
    this.#target ??= readUri(this.uri);
    return this.#target;
  }

  get startLine(): string {
    return `${this.method} ${this.uri} ${this.version}`;
  }

  /** The same with other parts. */
  with(change: { readonly uri?: string; readonly fields?: readonly Field[]; readonly body?: Uint8Array }): SipRequest {
    const { method, uri, version, fields, body } = this;
    return new SipRequest({ method, uri, version, fields, body, ...change });
  }
}

export class SipResponse extends Message {
  /** 100…699. */
  readonly status: number;
  readonly reason: string;

  constructor(parts: Parts & { readonly status: number; readonly reason: string }) {
    super(parts);
    this.status = parts.status;
    this.reason = parts.reason;
  }

  get startLine(): string {
    return `SIP/2.0 ${this.status} ${this.reason}`;
  }

  with(change: { readonly fields?: readonly Field[]; readonly body?: Uint8Array }): SipResponse {
    const { status, reason, fields, body } = this;
    return new SipResponse({ status, reason, fields, body, ...change });
  }
}

export type SipMessage = SipRequest | SipResponse;

export const isRequest = (message: SipMessage): message is SipRequest => message instanceof SipRequest;

/** A field of ours. */
export const make = <T>(codec: HeaderCodec<T>, value: T): Field => Field.make(codec.id, codec.write(value));

/** The fields with one value before all others of its kind, where they stand; else at the top. */
export const prepend = <T>(fields: readonly Field[], codec: HeaderCodec<T>, value: T): readonly Field[] => {
  const at = fields.findIndex(({ id }) => id === codec.id);
  return fields.toSpliced(Math.max(at, 0), 0, make(codec, value));
};

/** The fields without the topmost value of a kind; the values beside it in its field stay. Throws `SipError` 400 when it cannot be read. */
export const dropFirst = <T>(fields: readonly Field[], codec: HeaderCodec<T>): readonly Field[] => {
  const at = fields.findIndex(({ id, value }) => id === codec.id && value !== '');
  const field = fields[at];
  if (field === undefined) return fields;
  const cursor = new Cursor(field.value, codec.id);
  codec.read(cursor);
  const rest = codec.list && cursor.sign(',') ? cursor.text.slice(cursor.at) : '';
  return rest === '' ? fields.toSpliced(at, 1) : fields.toSpliced(at, 1, Field.make(codec.id, rest));
};

/** The fields with all values of one kind replaced by one, where the first stood; else at the end. */
export const replace = <T>(fields: readonly Field[], codec: HeaderCodec<T>, value: T): readonly Field[] => {
  const at = fields.findIndex(({ id }) => id === codec.id);
  if (at === -1) return [...fields, make(codec, value)];
  return fields.flatMap((field, n) => (field.id !== codec.id ? [field] : n === at ? [make(codec, value)] : []));
};

export const without = (fields: readonly Field[], ...ids: readonly string[]): readonly Field[] =>
  fields.filter(({ id }) => !ids.includes(id));

/** A field that is there twice although it may be there once (RFC 3261 §7.3.1). */
export const repeated = (message: SipMessage): string | undefined => {
  let seen = 0;
  for (const { id } of message.fields) {
    const bit = singles.get(id) ?? 0;
    if ((seen & bit) !== 0) return id;
    seen |= bit;
  }
  return undefined;
};
