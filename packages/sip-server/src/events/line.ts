// A published presence document as one line: open or not, how available, doing what, saying what (RFC 3863, 4480; RFC 8048 §6.3; ADR 0007).
import type { PresenceLine } from '@parlance/core/presence';
import type { DialogInfo } from '@parlance/sip/documents/dialog-info';
import { namespaces } from '@parlance/sip/namespaces';
import type { Occurrence, PresenceDocument, Tuple } from '@parlance/sip/presence/document';
import { readRich, readUserInput } from '@parlance/sip/presence/rich';

type Show = PresenceLine['show'];

/** What somebody does who does it, as availability: the first row that has one of his words. */
const meanings: readonly (readonly [Show, readonly string[]])[] = [
  ['dnd', ['on-the-phone', 'busy', 'meeting', 'appointment', 'performance', 'presentation', 'steering', 'worship']],
  ['xa', ['vacation', 'holiday', 'permanent-absence', 'sleeping']],
  ['away', ['away', 'breakfast', 'lunch', 'dinner', 'meal', 'in-transit', 'shopping', 'travel']],
];

const shows: readonly Show[] = ['chat', 'online', 'away', 'xa', 'dnd'];

/** UTF-16 units of a note, as of any other presence. */
const longest = 1_024;

/** Words at most. */
const most = 16;

/**
 * Undefined when all that it says of services is that they are closed. `since`: milliseconds since 1970.
 */
export const lineOf = (document: PresenceDocument, since: number): PresenceLine | undefined => {
  const { tuples, persons, notes } = document;
  const open = tuples.filter(({ basic }) => basic !== 'closed');
  if (open.length === 0 && tuples.length > 0) return undefined;
  const occurrences: readonly Occurrence[] = [...persons, ...open];
  const activities = occurrences.flatMap(({ extensions }) => readRich('activities', extensions)?.words ?? []);
  const note = [...occurrences.flatMap((each) => each.notes), ...notes][0]?.text ?? '';
  return {
    show: showOf(open, occurrences, activities),
    priority: Math.max(0, ...open.map(({ contact }) => Math.round(((contact?.priority ?? 0) * 127) / 1000))),
    note: note.slice(0, longest),
    activities: [...new Set(activities)].slice(0, most),
    since,
  };
};

/** `<show/>` of XMPP, if a client says that (RFC 8048 §6.2 note 7); else what activities mean; else whether somebody is there. */
const showOf = (tuples: readonly Tuple[], all: readonly Occurrence[], activities: readonly string[]): Show => {
  const elements = tuples.flatMap(({ statuses, extensions }) => [...statuses, ...extensions]);
  const said = elements.find(({ name, ns }) => name === 'show' && ns === namespaces.jabberClient)?.text();
  const show = shows.find((each) => each === said?.trim());
  const meant = meanings.find(([, words]) => words.some((word) => activities.includes(word)))?.[0];
  const idle = all.some(({ extensions }) => readUserInput(extensions)?.state === 'idle');
  return show ?? meant ?? (idle ? 'away' : 'online');
};

/** What stands in a document for a line that has no words of its own (ADR 0007). */
export const activitiesOf = ({ show, activities }: PresenceLine): readonly string[] => {
  if (activities.length > 0) return activities;
  if (show === 'dnd') return ['busy'];
  return show === 'away' || show === 'xa' ? ['away'] : [];
};

const onThePhone = 'on-the-phone';

/** A phone's line while it is in use: a call that is answered lies over what it says else (ADR 0007). */
export const withCalls = (line: PresenceLine, all: readonly DialogInfo[]): PresenceLine => {
  const calls = all.some(({ dialogs }) => dialogs.some(({ state }) => state === 'confirmed'));
  if (!calls) return line;
  const others = line.activities.filter((word) => word !== onThePhone);
  return { ...line, show: 'dnd', activities: [onThePhone, ...others] };
};
