// Archiving preferences as the core keeps them and as they go over the wire (XEP-0441 §2).
import type { ArchivePolicy } from '@parlance/core/account';
import { formatJid, parseJid } from '@parlance/xmpp/jid';
import type { ArchivePreferences } from '@parlance/xmpp/wire/xep-0441.preferences';

/** Addresses in both lists together. */
export const mostListed = 1_000;

export const toPolicy = ({ byDefault, always, never }: ArchivePreferences): ArchivePolicy => ({
  byDefault,
  always: new Set(always.map(formatJid)),
  never: new Set(never.map(formatJid)),
});

export const fromPolicy = ({ byDefault, always, never }: ArchivePolicy): ArchivePreferences => {
  const jids = (texts: ReadonlySet<string>): ArchivePreferences['always'] =>
    [...texts].flatMap((text) => parseJid(text) ?? []);
  return { byDefault, always: jids(always), never: jids(never) };
};
