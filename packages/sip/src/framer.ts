// Messages out of a stream of bytes, cut as Content-Length says; keep-alives between them (RFC 3261 §18.3; RFC 5626 §4.4.1).
import { SipError } from './error.ts';
import { contentLength } from './headers/plain.ts';
import type { SipMessage } from './message.ts';
import { declared, headEnd, readHead } from './parse.ts';

/** Bytes of one message. */
export interface FramerLimits {
  readonly head: number;
  readonly body: number;
}

export interface FramerHandler {
  message(message: SipMessage): void;
  /** A double CRLF between messages, also in halves: the peer asks whether we are there (RFC 5626 §3.5.1). */
  ping(): void;
  /** A single CRLF: the answer to ours. When a ping comes in halves, so is each of them: an answer to nothing, which means nothing. */
  pong(): void;
}

/** The stream has lost its frame. */
export class FrameError extends SipError {
  /** What came last, as far as it could be read, without its body: its sender can have an answer (RFC 4475 §3.1.2.3). */
  readonly head: SipMessage | undefined;

  constructor(status: number, reason: string, message?: SipMessage) {
    super(status, reason);
    this.head = message;
  }
}

const empty = new Uint8Array(0);
const [cr, lf] = [13, 10];

/** A message whose head is read, and where it ends. */
interface Frame {
  readonly head: SipMessage;
  readonly bodyBegin: number;
  readonly bodyEnd: number;
}

/**
 * Reads one stream. After an error thrown by `push` (a `FrameError`, or one of the handler's own) the stream must be closed: where
 * the next message begins is anybody's guess, and guessing differently from others is how messages are smuggled.
 */
export class Framer {
  readonly #handler: FramerHandler;
  readonly #limits: FramerLimits;
  /** What came and is no whole message yet: its first `#held` bytes. It doubles when it is full, so that each byte costs the same. */
  #buffer: Uint8Array = empty;
  #held = 0;
  /** No head ends before here. */
  #searched = 0;
  #frame: Frame | undefined;
  /** A lone CRLF came last: another one makes a ping of it. */
  #half = false;

  constructor(handler: FramerHandler, limits: FramerLimits) {
    this.#handler = handler;
    this.#limits = limits;
  }

  /** Bytes that are held. */
  get held(): number {
    return this.#held;
  }

  /** The bytes may be used again by the caller afterwards. */
  push(bytes: Uint8Array): void {
    let rest = this.#held === 0 ? bytes : this.#append(bytes);
    for (let taken = this.#take(rest); taken > 0; taken = this.#take(rest)) rest = rest.subarray(taken);
    // What was not taken of our own bytes stays where it is.
    if (rest.buffer !== this.#buffer.buffer || rest.byteOffset > 0) this.#buffer = new Uint8Array(rest);
    this.#held = rest.length;
  }

  #append(bytes: Uint8Array): Uint8Array {
    const all = this.#held + bytes.length;
    if (all > this.#buffer.length) {
      const larger = new Uint8Array(Math.max(all, 2 * this.#held));
      larger.set(this.#buffer.subarray(0, this.#held));
      this.#buffer = larger;
    }
    this.#buffer.set(bytes, this.#held);
    return this.#buffer.subarray(0, all);
  }

  /** Takes one message, or line end, off the front: how many bytes it had, 0 while it is not whole. */
  #take(bytes: Uint8Array): number {
    if (this.#frame === undefined && bytes[0] === cr) return this.#takeLineEnd(bytes);
    this.#frame ??= this.#readFrame(bytes);
    if (this.#frame === undefined || bytes.length < this.#frame.bodyEnd) return 0;
    const { head, bodyBegin, bodyEnd } = this.#frame;
    this.#frame = undefined;
    this.#half = false;
    this.#handler.message(
      bodyBegin === bodyEnd ? head : head.with({ body: new Uint8Array(bytes.subarray(bodyBegin, bodyEnd)) }),
    );
    return bodyEnd;
  }

  /** Reads the head in front, if it is whole. */
  #readFrame(bytes: Uint8Array): Frame | undefined {
    const end = headEnd(bytes, this.#searched);
    if ((end === -1 ? bytes.length : end) > this.#limits.head) throw new FrameError(513, 'Message Too Large');
    this.#searched = end === -1 ? bytes.length : 0;
    if (end === -1) return undefined;
    const head = readHead(bytes.subarray(0, end), empty);
    const length = head && lengthOf(head);
    if (head === undefined || length === undefined) throw new FrameError(400, 'Malformed message', head);
    if (length > this.#limits.body) throw new FrameError(513, 'Message Too Large', head);
    return { head, bodyBegin: end, bodyEnd: end + length };
  }

  #takeLineEnd(bytes: Uint8Array): number {
    if (bytes.length < 2) return 0;
    if (bytes[1] !== lf) throw new FrameError(400, 'Malformed message');
    if (bytes[2] === cr && bytes[3] === lf) {
      this.#handler.ping();
      return 4;
    }
    this.#handler.pong();
    if (this.#half) this.#handler.ping();
    this.#half = !this.#half;
    return 2;
  }
}

/**
 * On a stream, Content-Length alone says where a message ends (RFC 3261 §20.14): once, readably, and in a head without a line that
 * others may take for another one.
 */
const lengthOf = (head: SipMessage): number | undefined => {
  const count = head.fields.filter(({ id }) => id === '' || id === contentLength.id).length;
  return count === 1 ? declared(head) : undefined;
};
