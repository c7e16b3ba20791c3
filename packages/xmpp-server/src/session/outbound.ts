// A session's outbound list: what is owed to a client, in order. Nothing is written before the batch that covers it is on disk (ADR 0003).
import type { Batch } from '@parlance/core/commit-loop';
import type { Sequence } from '@parlance/core/ids';
import type { Fate } from './fate.ts';

/** How a mailbox entry is shown to this session. */
export type Wrapping = 'plain' | 'delayed' | 'carbon-received' | 'carbon-sent';

/** Points from a stream's queue into the mailbox, so that the text need not be stored twice. */
export interface Pointer {
  readonly sequence: Sequence;
  readonly wrapping: Wrapping;
  readonly fate: Fate;
}

/** What may be written now, and which waiting entries are thereby out of our hands. */
export interface Taken {
  /** Stanza by stanza: a WebSocket gives each a frame of its own. */
  readonly texts: readonly string[];
  readonly delivered: readonly Sequence[];
}

export interface Item {
  readonly text: string;
  readonly pointer: Pointer | undefined;
  /** The batch that must be committed first; undefined when nothing has to wait. */
  readonly batch: Batch | undefined;
  /** The item tells of something in its batch: it vanishes when that fails. Otherwise its batch only keeps its place. */
  readonly tells?: true;
  /** Whose state the item tells: a newer text about the same subject makes this one pointless. */
  readonly subject?: string;
}

/**
 * The ordered list. For a resumable stream items stay until acknowledged (XEP-0198 §4), otherwise until written.
 * Bounded by its owner through `bytes`.
 */
export class Outbound {
  #items: Item[] = [];
  /** Items at the front that have been written and wait for acknowledgement. */
  #written = 0;
  /** Items at the front that were written on an earlier connection: the peer may have handled them (XEP-0198 §5). */
  #sent = 0;
  #bytes = 0;
  /** From here on items are held, until what belongs in front of them is there; undefined: nothing is held. */
  #held: number | undefined;
  /** Outbound stanzas acknowledged so far, modulo 2^32 (XEP-0198 §4). */
  acknowledged = 0;

  /** Length of the text of all items, in UTF-16 units. */
  get bytes(): number {
    return this.#bytes;
  }

  /** Stanzas written and not acknowledged. */
  get unacknowledged(): number {
    return this.#written;
  }

  /** Stanzas that the peer may have handled, in all, modulo 2^32 (XEP-0198 §4). */
  get sent(): number {
    return (this.acknowledged + this.#outstanding) >>> 0;
  }

  get length(): number {
    return this.#items.length;
  }

  push(item: Item): void {
    this.#items.push(item);
    this.#bytes += item.text.length;
  }

  /**
   * Gives the newest item about a subject, when nobody has been sent it, a newer text; false when there is none, or fewer than `short`
   * items wait (DESIGN §2, back-pressure). Its place stays: places may be on disk, and clients count by them.
   */
  renew(subject: string, text: string, short: number): boolean {
    const from = this.#outstanding;
    if (this.#items.length - from < short) return false;
    const at = this.#items.findLastIndex((item, index) => index >= from && item.subject === subject);
    const item = this.#items[at];
    if (item === undefined) return false;
    this.#items[at] = { ...item, text };
    this.#bytes += text.length - item.text.length;
    return true;
  }

  /** Nothing waits to be written but states of subjects, and fewer than `most` of them. */
  onlyStates(most: number): boolean {
    const waiting = this.#items.length - this.#written;
    return waiting < most && this.#items.every(({ subject }, index) => index < this.#written || subject !== undefined);
  }

  /** Holds what is pushed from now on: older messages are still being read (XEP-0160 §2). */
  hold(): void {
    this.#held ??= this.#items.length;
  }

  /** Puts an item in front of what is held. */
  pushOlder(item: Item): void {
    this.#held ??= this.#items.length;
    this.#items.splice(this.#held++, 0, item);
    this.#bytes += item.text.length;
  }

  /** Nothing is held any more. */
  release(): void {
    this.#held = undefined;
  }

  /** Length of the text that stands in front of what is held. */
  get olderBytes(): number {
    return this.#items.slice(0, this.#held).reduce((sum, { text }) => sum + text.length, 0);
  }

  /** The client may not come back: the entries that must wait for others from now on. */
  giveUp(): readonly Sequence[] {
    return this.#items.flatMap(({ pointer, batch, tells }) =>
      !(tells === true && batch?.state === 'failed') && pointer?.fate.giveUp() === true ? [pointer.sequence] : [],
    );
  }

  /** Everything that may be written now, in order. `keep`: until acknowledged. What tells of a failed batch vanishes. */
  take(keep: boolean): Taken {
    const texts: string[] = [];
    const delivered: Sequence[] = [];
    let at = this.#written;
    for (let item = this.#items[at]; item !== undefined && at !== this.#held; item = this.#items[at]) {
      const state = item.batch?.state ?? 'committed';
      if (state === 'failed' && item.tells === true) this.#drop(at, 1);
      else if (state !== 'committed' && state !== 'failed') break;
      else {
        texts.push(item.text);
        if (!keep && item.pointer?.fate.take() === true) delivered.push(item.pointer.sequence);
        at++;
      }
    }
    if (keep) this.#written = at;
    else this.#drop(0, at);
    return { texts, delivered };
  }

  /** Whether the peer can have handled so many stanzas in all. */
  mayHave(handled: number): boolean {
    return (handled - this.acknowledged) >>> 0 <= this.#outstanding;
  }

  /**
   * The peer has handled `handled` stanzas in all (modulo 2^32). Returns the items that leave the list,
   * or undefined when the peer counts more than it was sent (XEP-0198 §4: undefined-condition error).
   */
  acknowledge(handled: number): readonly Item[] | undefined {
    if (!this.mayHave(handled)) return undefined;
    const count = (handled - this.acknowledged) >>> 0;
    const gone = this.#items.slice(0, count);
    this.#drop(0, count);
    this.#written = Math.max(0, this.#written - count);
    this.#sent = Math.max(0, this.#sent - count);
    this.acknowledged = handled;
    return gone;
  }

  /** The connection is gone: what was written must be written again on the next one. */
  rewind(): void {
    this.#sent = Math.max(this.#sent, this.#written);
    this.#written = 0;
  }

  /** The items come from an earlier process, which may have written all of them. */
  restored(): void {
    this.#sent = this.#items.length;
  }

  /** All items, oldest first. */
  items(): readonly Item[] {
    return this.#items;
  }

  /** Items at the front that the peer may have handled. */
  get #outstanding(): number {
    return Math.max(this.#written, this.#sent);
  }

  #drop(from: number, count: number): void {
    if (this.#held !== undefined && from < this.#held) this.#held -= Math.min(count, this.#held - from);
    for (const item of this.#items.splice(from, count)) this.#bytes -= item.text.length;
  }
}
