// A message of a one-to-one conversation, as it is sighted on the wire and as it is kept (RFC 6121 §5, XEP-0359).

/** Whose message it is: the contact's, or ours from any of our devices. */
export type Direction = 'in' | 'out';

/** One appearance of a message: live, as a carbon copy, in a page of the archive, or when we write it. */
export interface Sighting {
  readonly direction: Direction;
  readonly text: string;
  /** Milliseconds since 1970: the archive's stamp, else when it was seen here. */
  readonly at: number;
  /** The stanza's id: what receipts and markers refer to. */
  readonly id: string | undefined;
  /** Given by the sender's client (XEP-0359 §3.1). */
  readonly originId: string | undefined;
  /** Given by our own account's archive (XEP-0359 §3.2). */
  readonly archiveId: string | undefined;
  /** The sender asks to be told that it was displayed (XEP-0333 §4.1). */
  readonly markable: boolean;
  /** Written here, and known from nowhere else yet. */
  readonly local: boolean;
}

/** A message as it is kept: what all its sightings say together. */
export interface Message extends Sighting {
  /** Unlike every other of the conversation; stays while ids become known. */
  readonly key: string;
  /** `at` is the archive's word. */
  readonly stamped: boolean;
}

const keyOf = (sighting: Sighting): string => {
  const { direction, originId, archiveId, id = '', at } = sighting;
  if (originId !== undefined) return `${direction}-origin-${originId}`;
  return archiveId === undefined ? `${direction}-id-${id}-${at}` : `archive-${archiveId}`;
};

/** The first sighting; `stamped` when it comes from the archive. */
export const firstSight = (sighting: Sighting, stamped: boolean): Message => ({
  ...sighting,
  key: keyOf(sighting),
  stamped,
});

/**
 * Both are one message. The archive's ids decide; the sender's origin-id joins what the archive took twice, as after a
 * resend; a plain id, which careless clients use again, joins only what the archive has not told apart.
 */
export const isSame = (one: Sighting, other: Sighting): boolean => {
  if (one.archiveId !== undefined && one.archiveId === other.archiveId) return true;
  if (one.direction !== other.direction) return false;
  if (one.originId !== undefined && other.originId !== undefined) return one.originId === other.originId;
  const apart = one.archiveId !== undefined && other.archiveId !== undefined;
  return !apart && one.id !== undefined && one.id === other.id && one.text === other.text;
};

/** What both say together. The archive's stamp and id win, once `stamped` says that the sighting is the archive's. */
export const join = (message: Message, seen: Sighting, stamped: boolean): Message => {
  const [first, second] = stamped ? [seen, message] : [message, seen];
  const joined = {
    direction: message.direction,
    text: message.text,
    at: first.at,
    stamped: stamped || message.stamped,
    id: message.id ?? seen.id,
    originId: message.originId ?? seen.originId,
    archiveId: first.archiveId ?? second.archiveId,
    markable: message.markable || seen.markable,
    local: message.local && seen.local,
  };
  return { ...joined, key: keyOf(joined) };
};

/** One of the references, as receipts and markers name messages, means this message. */
export const isMeant = ({ id, originId, archiveId }: Sighting, references: ReadonlySet<string>): boolean =>
  [id, originId, archiveId].some((own) => own !== undefined && references.has(own));
