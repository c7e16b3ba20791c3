// Accounts in the portable format: credentials, block lists and the frame around them (XEP-0227 §4, §5; XEP-0016 §2 for block lists).
import { fromBase64, toBase64 } from '@parlance/base/base64';
import { type Element, el } from '@parlance/xml/element';
import { formatJid, parseJid } from '../jid.ts';
import { namespaces } from '../namespaces.ts';

/** What lets somebody sign in with a mechanism of the SCRAM family (§4.3). */
export interface PortableScram {
  /** As registered, without `-PLUS`: `SCRAM-SHA-1`. */
  readonly mechanism: string;
  readonly rounds: number;
  readonly salt: Uint8Array;
  readonly serverKey: Uint8Array;
  readonly storedKey: Uint8Array;
}

const leaf = (name: string, text: string): Element => el(name, namespaces.portableScram, {}, text);

export const scramElement = ({ mechanism, rounds, salt, serverKey, storedKey }: PortableScram): Element =>
  el(
    'scram-credentials',
    namespaces.portableScram,
    { mechanism },
    leaf('iter-count', String(rounds)),
    leaf('salt', toBase64(salt)),
    leaf('server-key', toBase64(serverKey)),
    leaf('stored-key', toBase64(storedKey)),
  );

/** Undefined when something is missing or malformed. */
export const readScram = (element: Element): PortableScram | undefined => {
  const bytes = (name: string): Uint8Array | undefined => fromBase64((element.childText(name) ?? '').trim());
  const mechanism = element.attr('mechanism');
  const count = element.childText('iter-count')?.trim() ?? '';
  const [salt, serverKey, storedKey] = [bytes('salt'), bytes('server-key'), bytes('stored-key')];
  if (mechanism === undefined || salt === undefined || serverKey === undefined || storedKey === undefined)
    return undefined;
  // §4.3: a positive integer without leading zeros; who asks for years of work is no friend.
  if (!/^[1-9]\d{0,6}$/.test(count) || salt.length === 0 || serverKey.length === 0) return undefined;
  return serverKey.length === storedKey.length
    ? { mechanism, rounds: Number(count), salt, serverKey, storedKey }
    : undefined;
};

/** A block list as the default privacy list that denies the same addresses (§4.8, XEP-0016 §2.1; XEP-0191 §6). */
export const denyList = (addresses: readonly string[]): Element => {
  const ns = namespaces.privacy;
  const items = addresses.map((value, index) =>
    el('item', ns, { type: 'jid', value, action: 'deny', order: String(index + 1) }),
  );
  return el('query', ns, {}, el('default', ns, { name: 'blocked' }), el('list', ns, { name: 'blocked' }, ...items));
};

/** Whom the default list denies everything; rules that are finer or of another kind have no counterpart (XEP-0191 §6). */
export const readDenied = (query: Element): { readonly addresses: readonly string[]; readonly whole: boolean } => {
  const name = query.child('default')?.attr('name');
  const lists = query.elements().filter((child) => child.name === 'list');
  const items = lists.find((list) => list.attr('name') === name)?.elements() ?? [];
  const denied = items.flatMap((item) => {
    const jid = parseJid(item.attr('value') ?? '');
    const plain = item.attr('type') === 'jid' && item.attr('action') === 'deny' && item.elements().length === 0;
    return plain && jid !== undefined ? [formatJid(jid)] : [];
  });
  return { addresses: denied, whole: denied.length === items.length && lists.length <= 1 };
};

/** `<include/>` of another file, by a relative URI (§5). */
export const includeElement = (href: string): Element => el('include', namespaces.xinclude, { href });

/** The file that an element stands for; undefined when it is none, or of a kind that nobody must know (§5). */
export const includedFile = (element: Element): string | undefined => {
  const { name, ns } = element;
  if (name !== 'include' || ns !== namespaces.xinclude) return undefined;
  return element.attr('parse') === undefined && element.attr('xpointer') === undefined
    ? element.attr('href')
    : undefined;
};
