// The blocking command on the wire: lists of addresses under three names (XEP-0191 §3).
import { type Element, el } from '@parlance/xml/element';
import { formatJid, parseJid } from '../jid.ts';
import { namespaces } from '../namespaces.ts';

export type BlockingCommand = 'blocklist' | 'block' | 'unblock';

/** A list, a command or its push; an empty `unblock` means all (§3.5). */
export const blocking = (command: BlockingCommand, addresses: Iterable<string>): Element =>
  el(command, namespaces.blocking, {}, ...Array.from(addresses, (jid) => el('item', namespaces.blocking, { jid })));

/** The addresses that a list or command names, prepared, each once; undefined when one of them is none. */
export const readBlocking = (command: Element): readonly string[] | undefined => {
  const addresses = new Set<string>();
  for (const item of command.elements()) {
    const jid = parseJid(item.attr('jid') ?? '');
    if (item.name !== 'item' || item.ns !== namespaces.blocking || jid === undefined) return undefined;
    addresses.add(formatJid(jid));
  }
  return [...addresses];
};
