// Archiving preferences on the wire: whose messages are kept (XEP-0441 §2).
import { type Element, el } from '@parlance/xml/element';
import { formatJid, type Jid, parseJid } from '../jid.ts';
import { namespaces } from '../namespaces.ts';

const defaults = ['always', 'never', 'roster'] as const;

export interface ArchivePreferences {
  readonly byDefault: (typeof defaults)[number];
  readonly always: readonly Jid[];
  readonly never: readonly Jid[];
}

/** Both lists are always there, even empty (§2.1). */
export const preferencesElement = ({ byDefault, always, never }: ArchivePreferences): Element => {
  const list = (name: string, jids: readonly Jid[]): Element =>
    el(name, namespaces.mam, {}, ...jids.map((jid) => el('jid', namespaces.mam, {}, formatJid(jid))));
  return el('prefs', namespaces.mam, { default: byDefault }, list('always', always), list('never', never));
};

/** A missing list is empty (§2.1.2, §2.1.3). Undefined when the default is none, or an address is malformed. */
export const readPreferences = (prefs: Element): ArchivePreferences | undefined => {
  const byDefault = defaults.find((value) => value === prefs.attr('default'));
  const list = (name: string): readonly (Jid | undefined)[] =>
    (prefs.child(name)?.elements() ?? []).flatMap((child) => (child.name === 'jid' ? [parseJid(child.text())] : []));
  const [always, never] = [list('always'), list('never')];
  const isJid = (jid: Jid | undefined): jid is Jid => jid !== undefined;
  if (byDefault === undefined || !always.every(isJid) || !never.every(isJid)) return undefined;
  return { byDefault, always, never };
};
