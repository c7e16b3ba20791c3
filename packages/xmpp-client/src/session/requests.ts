// Requests that wait for their answers: matched by id and by peer (RFC 6120 §8.1.2.1, §8.2.3; checklist 32).
import type { Clock, Timer } from '@parlance/base/clock';
import type { Element } from '@parlance/xml/element';
import { formatJid, parseJid } from '@parlance/xmpp/jid';
import { readStanzaError } from '@parlance/xmpp/stanza-error';
import { StanzaError, TimeoutError } from '../errors.ts';

/** Milliseconds that a request waits for its answer. */
const patience = 30_000;

interface Waiting {
  /** The prepared address that was asked; '' for one's own account. */
  readonly peer: string;
  readonly seen: Seen;
  readonly resolve: (payload: Element | undefined) => void;
  readonly reject: (error: Error) => void;
  readonly timer: Timer;
}

/** Is given the payload of the result in its place among the stanzas: in front of everything that came behind it. */
export type Seen = (payload: Element | undefined) => void;

/** Who the client is, for answers that come from its own account. */
export interface OwnAddresses {
  /** `local@domain`. */
  readonly bare: string;
  /** With the resource, once bound. */
  readonly full: string;
  readonly domain: string;
}

const prepared = (address: string): string => {
  const jid = parseJid(address);
  return jid === undefined ? address : formatJid(jid);
};

/** RFC 6120 §8.1.2.1: what the server says in the account's name comes without an address, or with one of the account's. */
const speaksFor = (from: string, peer: string, own: OwnAddresses): boolean => {
  if (peer === from) return true;
  const ofAccount = peer === '' || peer === own.bare;
  return ofAccount && (from === '' || from === own.bare || (peer === '' && (from === own.full || from === own.domain)));
};

export class Requests {
  readonly #clock: Clock;
  readonly #waiting = new Map<string, Waiting>();

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** The payload of the answer to the request `id`. Rejects with StanzaError, or TimeoutError. */
  wait(id: string, to: string | undefined, seen: Seen): Promise<Element | undefined> {
    return new Promise((resolve, reject) => {
      const late = (): void => this.fail(id, new TimeoutError(`no answer from ${to ?? 'the server'}`));
      const peer = to === undefined ? '' : prepared(to);
      this.#waiting.set(id, { peer, seen, resolve, reject, timer: this.#clock.after(patience, late) });
    });
  }

  /** Takes an answer; false when nobody asked this of this peer. */
  settle(iq: Element, own: OwnAddresses): boolean {
    const id = iq.attr('id') ?? '';
    const waiting = this.#waiting.get(id);
    const from = iq.attr('from');
    if (waiting === undefined || !speaksFor(from === undefined ? '' : prepared(from), waiting.peer, own)) return false;
    this.#drop(id, waiting);
    const error = readStanzaError(iq);
    if (error === undefined) {
      const [payload] = iq.elements();
      waiting.seen(payload);
      waiting.resolve(payload);
    } else waiting.reject(new StanzaError(error.condition, error.type, error.text));
    return true;
  }

  fail(id: string, error: Error): void {
    const waiting = this.#waiting.get(id);
    if (waiting === undefined) return;
    this.#drop(id, waiting);
    waiting.reject(error);
  }

  failAll(error: Error): void {
    for (const id of [...this.#waiting.keys()]) this.fail(id, error);
  }

  #drop(id: string, { timer }: Waiting): void {
    timer.cancel();
    this.#waiting.delete(id);
  }
}
