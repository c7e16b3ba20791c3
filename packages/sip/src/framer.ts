// Messages out of a stream of bytes, cut as Content-Length says; keep-alives between them (RFC 3261 §18.3; RFC 5626 §4.4.1).
import { SipError } from './error.ts';
import { repeated, type SipMessage } from './message.ts';
import { declared, headEnd, readHead } from './parse.ts';

/** Bytes of one message. */
export interface FramerLimits {
  readonly head: number;
  readonly body: number;
}

export interface FramerHandler {
  message(message: SipMessage): void;
  /** A double CRLF between messages: the peer asks whether we are there (RFC 5626 §3.5.1). */
  ping(): void;
  /** A single CRLF: the answer to ours. */
  pong(): void;
}

const empty = new Uint8Array(0);
const [cr, lf] = [13, 10];

/**
 * Reads one stream. After a `SipError` thrown by `push` the stream has lost its frame and must be closed: where the next message
 * begins is anybody's guess, and guessing differently from others is how messages are smuggled.
 */
export class Framer {
  readonly #handler: FramerHandler;
  readonly #limits: FramerLimits;
  /** What came and is no whole message yet, in portions: joined only when a message can be whole. */
  #rest: Uint8Array = empty;
  #portions: Uint8Array[] = [];
  #waiting = 0;
  /** Bytes that must be there before looking again is worth it; 0 while the head is incomplete. */
  #needed = 0;
  /** Where the search for the head's end goes on. */
  #searched = 0;
  #refused: SipMessage | undefined;

  constructor(handler: FramerHandler, limits: FramerLimits) {
    this.#handler = handler;
    this.#limits = limits;
  }

  /** Bytes that are held. */
  get held(): number {
    return this.#rest.length + this.#waiting;
  }

  /** After a `SipError`: the message that could not be cut, when its head could be read. It has no body. */
  get refused(): SipMessage | undefined {
    return this.#refused;
  }

  push(bytes: Uint8Array): void {
    if (this.#needed > 0 && this.held + bytes.length < this.#needed) {
      this.#portions.push(bytes);
      this.#waiting += bytes.length;
      return;
    }
    this.#rest = this.#joined(bytes);
    while (this.#next()) this.#searched = 0;
    if (this.#rest.length === 0) this.#rest = empty;
  }

  #joined(bytes: Uint8Array): Uint8Array {
    if (this.held === 0) return bytes;
    const all = new Uint8Array(this.held + bytes.length);
    let at = 0;
    for (const part of [this.#rest, ...this.#portions, bytes]) {
      all.set(part, at);
      at += part.length;
    }
    this.#portions = [];
    this.#waiting = 0;
    return all;
  }

  /** Takes one message, or line end, off the front; false when there is none. */
  #next(): boolean {
    const bytes = this.#rest;
    if (bytes[0] === cr) return this.#lineEnds(bytes);
    const end = headEnd(bytes, this.#searched);
    if (end === -1 ? bytes.length > this.#limits.head : end > this.#limits.head)
      throw new SipError(513, 'Message Too Large');
    if (end === -1) {
      this.#searched = Math.max(0, bytes.length - 3);
      return false;
    }
    return this.#cut(bytes, end);
  }

  #cut(bytes: Uint8Array, end: number): boolean {
    const head = readHead(bytes.subarray(0, end), empty);
    this.#refused = head;
    if (head === undefined || repeated(head) === 'content-length') throw new SipError(400, 'Malformed message');
    const length = declared(head);
    // On a stream, Content-Length is the only thing that says where a message ends (RFC 3261 §20.14).
    if (length === undefined) throw new SipError(400, 'Missing content-length');
    if (length > this.#limits.body) throw new SipError(513, 'Message Too Large');
    if (bytes.length < end + length) {
      this.#needed = end + length;
      this.#searched = Math.max(0, end - 4);
      return false;
    }
    this.#needed = 0;
    this.#refused = undefined;
    this.#rest = bytes.subarray(end + length);
    this.#handler.message(length === 0 ? head : head.with({ body: bytes.slice(end, end + length) }));
    return true;
  }

  #lineEnds(bytes: Uint8Array): boolean {
    if (bytes.length > 1 && bytes[1] !== lf) throw new SipError(400, 'Malformed message');
    // Of a ping that is cut in two, the first half would look like a pong: it waits for what comes next.
    if (bytes.length < 2 || (bytes.length === 3 && bytes[2] === cr)) return false;
    const double = bytes[2] === cr && bytes[3] === lf;
    this.#rest = bytes.subarray(double ? 4 : 2);
    if (double) this.#handler.ping();
    else this.#handler.pong();
    return this.#rest.length > 0;
  }
}
