// BOSH: sessions made, found and ended (XEP-0124 §7, §10, §13; SECURITY-CHECKLIST 11).
import { Admission, type AdmissionLimits } from '@parlance/base/admission';
import type { Turn } from '@parlance/base/turn';
import { parseDocument } from '@parlance/xml/document';
import type { Element } from '@parlance/xml/element';
import { XmlError } from '@parlance/xml/error';
import type { Limits } from '@parlance/xml/limits';
import { parseJid } from '@parlance/xmpp/jid';
import { namespaces } from '@parlance/xmpp/namespaces';
import type { StreamServices } from '../../services.ts';
import { ClientStream } from '../../stream.ts';
import type { WebPeer } from '../web-peer.ts';
import { ridOf, terminal, wholeNumber } from './body.ts';
import { BoshConnection, type BoshRequest, type BoshTerms, boshFraming } from './bosh-connection.ts';

export interface BoshParts {
  readonly services: StreamServices;
  readonly turn: Turn;
  /** Sessions, not connections. */
  readonly limits: AdmissionLimits;
}

export interface BoshReply {
  readonly status: number;
  readonly body: string;
}

export interface BoshListener {
  /** Answers one request, possibly much later; `gone` is aborted when the client no longer waits. Never rejects. */
  handle(text: string, peer: WebPeer, gone: AbortSignal): Promise<BoshReply>;
  /** Bytes of a request whose body begins like this, by the session that it belongs to. */
  bodyLimit(head: string): number;
  readonly count: () => number;
  /** Ends every session; resolves when the last one has gone. */
  close(): Promise<void>;
}

/**
 * Seconds; the longest a request may wait, and the longest a client may be away. One request is held at a time (XEP-0124 §3): stanza
 * asks for two, has two connections, and would have none left to send with.
 */
const longest = { wait: 60, inactivity: 30, pollingInactivity: 60, polling: 2, maxpause: 120, hold: 1 };

/** A body may hold more than one stanza, and is itself one level of depth. */
const bodyLimits = (limits: Limits): Limits => ({ ...limits, bytes: 2 * limits.bytes, depth: limits.depth + 1 });

/** Leaves room to count for as long as any session may last (XEP-0124 §14.1). */
const highestFirst = 2 ** 52;

const termsOf = (body: Element, sid: string): BoshTerms => {
  const wait = Math.min(wholeNumber(body.attr('wait'), 0, 86_400) ?? longest.wait, longest.wait);
  const hold = Math.min(wholeNumber(body.attr('hold'), 0, 255) ?? 1, longest.hold);
  const polls = wait === 0 || hold === 0;
  return {
    sid,
    wait: polls ? 0 : wait,
    hold: polls ? 0 : hold,
    inactivity: polls ? longest.pollingInactivity : longest.inactivity,
    polling: longest.polling,
    maxpause: longest.maxpause,
    ack: body.attr('ack') === '1',
  };
};

/** The version that both sides know; minor versions are numbers (XEP-0124 §7.1, §7.2). */
const versionFor = (asked: string | undefined): string => {
  const [, minor] = /^1\.(\d{1,2})$/.exec(asked ?? '') ?? [];
  return `1.${Math.min(Number(minor ?? 11), 11)}`;
};

/**
 * The attributes of the session creation response (XEP-0124 §7.2, XEP-0206 §3). Keys (§15) are passed over: off a secure path,
 * for which they are made, there are no sessions. So is `content` (§7.1): an answer that is a page would be the client's page.
 */
const greeting = (terms: BoshTerms, body: Element, authid: string): Readonly<Record<string, string | undefined>> => ({
  sid: terms.sid,
  wait: String(terms.wait),
  hold: String(terms.hold),
  requests: String(terms.hold + 1),
  inactivity: String(terms.inactivity),
  polling: String(terms.polling),
  maxpause: String(terms.maxpause),
  ver: versionFor(body.attr('ver')),
  ack: terms.ack ? body.attr('rid') : undefined,
  authid,
  from: parseJid(body.attr('to') ?? '')?.domain,
  'xmlns:xmpp': namespaces.xbosh,
  'xmpp:version': '1.0',
  'xmpp:restartlogic': 'true',
});

/** The session id in the first tag, behind an XML declaration or not. */
const sidIn = /^(?:<\?[^>]{0,100}\?>)?\s{0,100}<[^>]{0,2000}?\ssid\s?=\s?["']([\w-]{1,64})["']/;

const readBody = (text: string, limits: Limits): Element | XmlError => {
  try {
    return parseDocument(text, limits);
  } catch (error) {
    if (error instanceof XmlError) return error;
    throw error;
  }
};

interface Session {
  readonly connection: BoshConnection;
  readonly stream: ClientStream;
}

class Bosh implements BoshListener {
  readonly #parts: BoshParts;
  readonly #admission: Admission;
  readonly #sessions = new Map<string, Session>();
  #gone: () => void = () => undefined;

  constructor(parts: BoshParts) {
    this.#parts = parts;
    this.#admission = new Admission(parts.limits);
  }

  readonly count = (): number => this.#sessions.size;

  handle(text: string, peer: WebPeer, gone: AbortSignal): Promise<BoshReply> {
    return new Promise((resolve) => {
      const answer = (body: string): void => resolve({ status: 200, body });
      try {
        this.#handle(text, peer, gone, answer);
      } catch (error) {
        this.#parts.services.context.log.error('bosh fault', { error });
        answer(terminal('internal-server-error'));
      }
    });
  }

  bodyLimit(head: string): number {
    return this.#limitsOf(this.#sessions.get(sidIn.exec(head)?.[1] ?? '')).bytes;
  }

  #limitsOf(session: Session | undefined): Limits {
    return bodyLimits(session?.connection.limits ?? this.#parts.services.context.limits.before);
  }

  close(): Promise<void> {
    const gone = new Promise<void>((resolve) => (this.#gone = resolve));
    for (const { stream } of [...this.#sessions.values()]) stream.close('system-shutdown');
    if (this.#sessions.size === 0) this.#gone();
    return gone;
  }

  /** The limits are the session's, which is known only once the body is read: a cheap look at its name comes first. */
  #handle(text: string, peer: WebPeer, gone: AbortSignal, answer: (body: string) => void): void {
    const named = sidIn.exec(text)?.[1];
    const session = named === undefined ? undefined : this.#sessions.get(named);
    const body = readBody(text, this.#limitsOf(session));
    if (body instanceof XmlError) {
      if (session === undefined) answer(terminal('bad-request'));
      else session.connection.malformed(body, answer);
      return;
    }
    const rid = ridOf(body);
    const sid = body.attr('sid');
    if (body.name !== 'body' || body.ns !== namespaces.bosh || rid === undefined) answer(terminal('bad-request'));
    else if (sid === undefined) this.#create({ body, length: text.length, rid, answer }, peer, gone);
    else if (session === undefined || sid !== named) answer(terminal('item-not-found'));
    else this.#take(session.connection, { body, length: text.length, rid, answer }, gone);
  }

  #take(connection: BoshConnection, request: BoshRequest, gone: AbortSignal): void {
    gone.addEventListener('abort', () => connection.gone(request), { once: true });
    connection.request(request);
  }

  #create(first: BoshRequest, peer: WebPeer, gone: AbortSignal): void {
    const { services, turn } = this.#parts;
    const { clock, random, limits } = services.context;
    const { address } = peer.remote;
    if (first.rid > highestFirst) first.answer(terminal('bad-request'));
    else if (!this.#admission.enter(address)) first.answer(terminal('policy-violation'));
    else {
      const terms = termsOf(first.body, random.token(128));
      const left = (): void => this.#leave(terms.sid, address);
      const connection = new BoshConnection({ first, terms, peer, clock, turn, limits: limits.before, left });
      const stream = new ClientStream(connection, services, boshFraming);
      this.#sessions.set(terms.sid, { connection, stream });
      gone.addEventListener('abort', () => connection.gone(first), { once: true });
      connection.start(stream, first, greeting(terms, first.body, random.token(128)));
    }
  }

  #leave(sid: string, address: string): void {
    this.#sessions.delete(sid);
    this.#admission.leave(address);
    if (this.#sessions.size === 0) this.#gone();
  }
}

/** One for all HTTP listeners that share limits. */
export const boshListener = (parts: BoshParts): BoshListener => new Bosh(parts);
