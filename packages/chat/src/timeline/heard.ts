// What one message stanza tells a conversation (RFC 6121 §5; XEP-0085, 0184, 0203, 0333, 0359).
import type { Element } from '@parlance/xml/element';
import { formatJid, parseJid } from '@parlance/xmpp/jid';
import { namespaces } from '@parlance/xmpp/namespaces';
import { readStanzaError } from '@parlance/xmpp/stanza-error';
import { type ChatState, readChatState } from '@parlance/xmpp/wire/xep-0085.chatstates';
import { asksForReceipt, readReceipt } from '@parlance/xmpp/wire/xep-0184.receipts';
import { readDelays } from '@parlance/xmpp/wire/xep-0203.delay';
import { isMarkable, readDisplayed } from '@parlance/xmpp/wire/xep-0333.markers';
import type { Direction, Sighting } from './message.ts';

export interface Heard {
  /** Bare address of the other person. */
  readonly peer: string;
  readonly direction: Direction;
  readonly sighting: Sighting | undefined;
  /** Id of a message that arrived at the device that says so. */
  readonly received: string | undefined;
  /** Id of the message up to which everything was displayed to the one who says so. */
  readonly displayed: string | undefined;
  readonly state: ChatState | undefined;
  /** The id under which the sender waits for a receipt. */
  readonly asksReceipt: string | undefined;
  /** Condition of an error that came back for the message with that id (RFC 6120 §8.3). */
  readonly bounced: { readonly id: string; readonly condition: string } | undefined;
  /** The message had to wait on its way. */
  readonly delayed: boolean;
}

/** Characters of a message that are kept. */
const textLimit = 65_536;

/** Characters of an id that are kept; longer ones are no ids. */
const idLimit = 1_024;

const bounded = (id: string | undefined): string | undefined =>
  id === undefined || id === '' || id.length > idLimit ? undefined : id;

const bare = (address: string | undefined): string | undefined => {
  const jid = address === undefined ? undefined : parseJid(address);
  return jid === undefined ? undefined : formatJid({ ...jid, resource: '' });
};

/** The id that our own account's archive gave (XEP-0359 §6: others' are not to be believed). */
const archiveIdOf = (stanza: Element, own: string): string | undefined => {
  const ids = stanza.elements().filter(({ name, ns }) => name === 'stanza-id' && ns === namespaces.sid);
  return bounded(ids.find((id) => bare(id.attr('by')) === own)?.attr('id'));
};

/** Since when a stanza was kept waiting: by a server, since its sender's word is about his own clock (XEP-0198 §4). */
const waitedSince = (stanza: Element): number | undefined => {
  const sender = bare(stanza.attr('from'));
  return readDelays(stanza).find(({ from }) => from === undefined || bare(from) !== sender)?.time;
};

/** Where a stanza was met: when, and under which id and stamp when the archive says so. */
export interface Meeting {
  readonly now: number;
  readonly archive?: { readonly id: string; readonly stamp: number };
}

const sightingOf = (stanza: Element, own: string, direction: Direction, meeting: Meeting): Sighting | undefined => {
  const text = stanza.childText('body');
  if (text === undefined || text === '') return undefined;
  return {
    direction,
    text: text.slice(0, textLimit),
    at: meeting.archive?.stamp ?? Math.min(waitedSince(stanza) ?? meeting.now, meeting.now),
    id: bounded(stanza.attr('id')),
    originId: bounded(stanza.child('origin-id', namespaces.sid)?.attr('id')),
    archiveId: bounded(meeting.archive?.id) ?? archiveIdOf(stanza, own),
    markable: isMarkable(stanza),
    local: false,
  };
};

/**
 * What the stanza says to the conversation of account `own` (a bare address); undefined when it belongs to no
 * one-to-one conversation.
 */
export const hear = (stanza: Element, own: string, meeting: Meeting): Heard | undefined => {
  const type = stanza.attr('type') ?? 'normal';
  const from = bare(stanza.attr('from')) ?? own;
  const direction = from === own ? 'out' : 'in';
  const peer = direction === 'in' ? from : bare(stanza.attr('to'));
  if (peer === undefined || type === 'groupchat' || type === 'headline') return undefined;
  const quiet = { peer, direction, delayed: waitedSince(stanza) !== undefined } as const;
  if (type === 'error') {
    const id = bounded(stanza.attr('id'));
    const bounced = id && { id, condition: readStanzaError(stanza)?.condition ?? 'undefined-condition' };
    return { ...quiet, ...silence, bounced: bounced || undefined };
  }
  return {
    ...quiet,
    sighting: sightingOf(stanza, own, direction, meeting),
    received: bounded(readReceipt(stanza)),
    displayed: bounded(readDisplayed(stanza)),
    state: readChatState(stanza),
    asksReceipt: asksForReceipt(stanza) ? bounded(stanza.attr('id')) : undefined,
    bounced: undefined,
  };
};

const silence = {
  sighting: undefined,
  received: undefined,
  displayed: undefined,
  state: undefined,
  asksReceipt: undefined,
} as const;
