// The messages of SCRAM, read and written (RFC 5802 §5.1, §7).
import { fromBase64, toBase64 } from '@parlance/base/base64';
import { ScramError } from './failure.ts';

/** `y`: the client could bind the channel, but believes that the server cannot (RFC 5802 §6). */
export type BindingFlag = 'n' | 'y' | { readonly type: string };

export interface ClientFirst {
  /** `gs2-header`, as it was sent. */
  readonly header: string;
  readonly flag: BindingFlag;
  readonly authzid: string;
  /** `client-first-message-bare`. */
  readonly bare: string;
  readonly user: string;
  readonly nonce: string;
}

export interface ServerFirst {
  readonly nonce: string;
  readonly salt: Uint8Array;
  readonly rounds: number;
}

export interface ClientFinal {
  /** `client-final-message-without-proof`. */
  readonly withoutProof: string;
  readonly binding: Uint8Array;
  readonly nonce: string;
  readonly proof: Uint8Array;
}

/** A comma and an equals sign are written in another way; no other escape exists (RFC 5802 §5.1, n). */
export const escapeName = (name: string): string => name.replaceAll('=', '=3D').replaceAll(',', '=2C');

const unescapeName = (name: string): string => {
  if (/=(?!2C|3D)|\0/.test(name)) throw new ScramError('invalid-username-encoding');
  return name.replaceAll('=2C', ',').replaceAll('=3D', '=');
};

const unpack = (base64: string): Uint8Array => {
  const bytes = fromBase64(base64);
  if (bytes === undefined) throw new ScramError('invalid-encoding');
  return bytes;
};

/** Fields of a message that fits the pattern; a mandatory extension is not understood (RFC 5802 §5.1, m). */
const fields = (pattern: RegExp, message: string, mandatory: RegExp): readonly string[] => {
  if (mandatory.test(message)) throw new ScramError('extensions-not-supported');
  const found = pattern.exec(message);
  if (found === null || message.includes('\0')) throw new ScramError('invalid-encoding');
  return found.map((field: string | undefined) => field ?? '');
};

const extensions = '(?:,[A-Za-z]=[^,]+)*';
const nonce = 'r=([!-+\\--~]+)';
const base64 = '[A-Za-z0-9+/]+=*';

const clientFirst = new RegExp(`^((n|y|p=[A-Za-z0-9.-]+),(?:a=([^,]+))?,)(n=([^,]+),${nonce}${extensions})$`);
const serverFirst = new RegExp(`^${nonce},s=(${base64}),i=([1-9][0-9]{0,9})${extensions}$`);
const clientFinal = new RegExp(`^(c=(${base64}),${nonce}${extensions}),p=(${base64})$`);

const flagOf = (flag: string): BindingFlag => (flag === 'n' || flag === 'y' ? flag : { type: flag.slice(2) });

/** Throws ScramError. */
export const readClientFirst = (message: string): ClientFirst => {
  const [, header = '', flag = '', authzid = '', bare = '', user = '', own = ''] = fields(
    clientFirst,
    message,
    /^[^,]*,[^,]*,m=/,
  );
  return { header, flag: flagOf(flag), authzid: unescapeName(authzid), bare, user: unescapeName(user), nonce: own };
};

/** Throws ScramError. */
export const readServerFirst = (message: string): ServerFirst => {
  const [, both = '', salt = '', rounds = ''] = fields(serverFirst, message, /^m=/);
  return { nonce: both, salt: unpack(salt), rounds: Number(rounds) };
};

/** Throws ScramError. */
export const readClientFinal = (message: string): ClientFinal => {
  const [, withoutProof = '', binding = '', both = '', proof = ''] = fields(clientFinal, message, /^m=/);
  return { withoutProof, binding: unpack(binding), nonce: both, proof: unpack(proof) };
};

/** The server's signature, or undefined when it tells of an error instead. Throws ScramError. */
export const readServerFinal = (message: string): Uint8Array | undefined => {
  if (message.startsWith('e=')) return undefined;
  const [, signature = ''] = fields(new RegExp(`^v=(${base64})${extensions}$`), message, /^m=/);
  return unpack(signature);
};

/** `gs2-header` (RFC 5802 §7). */
export const gs2Header = (flag: BindingFlag, authzid: string): string =>
  `${typeof flag === 'string' ? flag : `p=${flag.type}`},${authzid === '' ? '' : `a=${escapeName(authzid)}`},`;

export const writeServerFirst = ({ nonce: both, salt, rounds }: ServerFirst): string =>
  `r=${both},s=${toBase64(salt)},i=${rounds}`;

const encoder = new TextEncoder();

/** `cbind-input`: the header, and behind it the data of the channel that is bound (RFC 5802 §7). */
export const bindingInput = (header: string, data: Uint8Array | undefined): Uint8Array => {
  const bytes = encoder.encode(header);
  const input = new Uint8Array(bytes.length + (data?.length ?? 0));
  input.set(bytes);
  if (data !== undefined) input.set(data, bytes.length);
  return input;
};

/** `AuthMessage` (RFC 5802 §3), as bytes. */
export const authMessage = (first: string, challenge: string, withoutProof: string): Uint8Array =>
  encoder.encode(`${first},${challenge},${withoutProof}`);

export const xor = (one: Uint8Array, other: Uint8Array): Uint8Array =>
  one.map((byte, index) => byte ^ (other[index] ?? 0));
