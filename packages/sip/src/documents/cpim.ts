// Message/CPIM: a message with sender, recipients and time of its own, and headers in namespaces (RFC 3862 §2, §3, §4).
import { readDateTime, writeDateTime } from '../datetime.ts';
import { malformed } from '../error.ts';
import { concatenate, type Part, readPart, splitHead, writePart } from '../mime.ts';
import { encodeText, oneLine } from '../text.ts';

const what = 'Message/CPIM';

/** The namespace of headers without a prefix (§4). */
const core = 'urn:ietf:params:cpim-headers:';

export interface CpimHeader {
  /** RFC 3862's own when undefined. */
  readonly ns?: string | undefined;
  readonly name: string;
  /** Escapes resolved. */
  readonly value: string;
  readonly language?: string | undefined;
}

export interface CpimAddress {
  readonly uri: string;
  /** The formal name. */
  readonly name?: string | undefined;
}

export interface CpimMessage {
  /** In their order, declarations of prefixes (`NS`) resolved. */
  readonly headers: readonly CpimHeader[];
  readonly content: Part;
}

/**
 * Reads a `message/cpim` body. Throws `SipError` 400 for a line that is no header, a prefix that was not declared (§3.4), more
 * than 64 headers, or content whose own head is malformed. An empty line in front is passed over; headers of the content may stand
 * among those of the message, without an empty line between, as in the examples of RFC 5438.
 */
export const readCpim = (body: Uint8Array): CpimMessage => {
  const { lines, rest } = splitHead(body.subarray(leading(body)), what);
  const headers: CpimHeader[] = [];
  const prefixes = new Map([['', core]]);
  for (const line of lines) {
    const header = readHeader(line, prefixes);
    if (header.ns === undefined && header.name === 'NS') declare(header.value, prefixes);
    else headers.push(header);
  }
  const misplaced = headers.filter(isContent);
  if (misplaced.length === 0) return { headers, content: readPart(rest, what) };
  const moved = misplaced.map(({ name, value }) => ({ name, value }));
  return { headers: headers.filter((header) => !isContent(header)), content: { headers: moved, body: rest } };
};

const isContent = ({ ns, name }: CpimHeader): boolean => ns === undefined && /^content-/i.test(name);

/** RFC 3862's example has its MIME head, here the SIP message's, in front (§5.1); some senders leave its empty line. */
const leading = (body: Uint8Array): number => (body[0] === 13 && body[1] === 10 ? 2 : Number(body[0] === 10));

const lineForm = /^(?:([^.:;\s]+)\.)?([^.:;\s]+):((?:;[^=;\s]+=(?:"(?:[^"\\]|\\.)*"|[^;\s"]*))*)(?: |$)(.*)$/s;

const readHeader = (line: string, prefixes: ReadonlyMap<string, string>): CpimHeader => {
  const [, prefix = '', name = '', parameters = '', value = ''] = lineForm.exec(line) ?? [];
  const ns = prefixes.get(prefix);
  if (name === '' || ns === undefined) throw malformed(what);
  const language = /;lang=([^;\s"]+)/i.exec(parameters)?.[1];
  return { ns: ns === core ? undefined : ns, name, value: unescaped(value.trim()), language };
};

/** `NS: prefix <uri>`; without a prefix it is the namespace of names without one from here on (§3.4). */
const declare = (value: string, prefixes: Map<string, string>): void => {
  const open = value.indexOf('<');
  const close = value.indexOf('>', open);
  if (open === -1 || close === -1) throw malformed(what);
  prefixes.set(value.slice(0, open).trim(), value.slice(open + 1, close));
};

const escapes: Readonly<Record<string, string>> = { b: '\b', t: '\t', n: '\n', r: '\r' };

/** Escapes of §2.3; one that is not known is left as it is. */
const unescaped = (text: string): string =>
  text.includes('\\')
    ? text.replaceAll(/\\(?:u([0-9a-fA-F]{4})|([btnr"'\\]))/g, (_, hex?: string, sign = '') =>
        hex === undefined ? (escapes[sign] ?? sign) : String.fromCharCode(Number.parseInt(hex, 16)),
      )
    : text;

const names: Readonly<Record<string, string>> = { '\b': 'b', '\t': 't', '\n': 'n', '\r': 'r', '\\': '\\' };

/** No control characters go on the wire as they are (§3.6, HEADERCHAR). */
const escaped = (text: string): string =>
  text.replaceAll(/[\p{Cc}\\]/gu, (character) => {
    const name = names[character];
    return name === undefined ? `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}` : `\\${name}`;
  });

/** A `message/cpim` body. Each namespace is declared in front of its first header; the prefix of IMDN's is `imdn`, as phones want it. */
export const writeCpim = ({ headers, content }: CpimMessage): Uint8Array => {
  const prefixes = new Map<string, string>();
  let head = '';
  for (const { ns, name, value, language } of headers) {
    let prefix = '';
    if (ns !== undefined) {
      const declared = prefixes.get(ns) ?? (ns === 'urn:ietf:params:imdn' ? 'imdn' : `x${prefixes.size}`);
      if (!prefixes.has(ns)) head += `NS: ${declared} <${oneLine(ns)}>\r\n`;
      prefixes.set(ns, declared);
      prefix = `${declared}.`;
    }
    const lang = language === undefined ? '' : `;lang=${language}`;
    head += `${prefix}${name}:${lang} ${escaped(value)}\r\n`;
  }
  return concatenate([encodeText(`${head}\r\n`), writePart(content)]);
};

/** The first value of a header; of RFC 3862's own namespace when none is given. Names have case (§3.6). */
export const cpimHeader = ({ headers }: CpimMessage, name: string, ns?: string): string | undefined =>
  headers.find((header) => header.name === name && header.ns === ns)?.value;

/** `From`, `To` or `cc`: all values that are addresses (§4.1–§4.3). */
export const cpimAddresses = ({ headers }: CpimMessage, name: 'From' | 'To' | 'cc'): readonly CpimAddress[] =>
  headers
    .filter((header) => header.ns === undefined && header.name === name)
    .flatMap(({ value }) => readAddress(value));

const readAddress = (value: string): readonly CpimAddress[] => {
  const open = value.lastIndexOf('<');
  const close = value.indexOf('>', open);
  if (open === -1 || close < open + 2) return [];
  const name = value.slice(0, open).trim().replaceAll(/^"|"$/g, '');
  return [{ uri: value.slice(open + 1, close), name: name === '' ? undefined : name }];
};

/** A header that names somebody. */
export const addressHeader = (name: 'From' | 'To' | 'cc', address: CpimAddress): CpimHeader => ({
  name,
  value: address.name === undefined ? `<${address.uri}>` : `${address.name} <${address.uri}>`,
});

/** When the message was sent, in milliseconds since 1970 (§4.4). */
export const cpimTime = (message: CpimMessage): number | undefined => readDateTime(cpimHeader(message, 'DateTime'));

export const timeHeader = (time: number): CpimHeader => ({ name: 'DateTime', value: writeDateTime(time) });
