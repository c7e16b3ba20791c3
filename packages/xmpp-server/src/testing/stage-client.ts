// A client on the stage: a session whose connection collects what is written to it.
import type { Endpoint } from '@parlance/core/session';
import { parseDocument } from '@parlance/xml/document';
import type { Element } from '@parlance/xml/element';
import { namespaces } from '@parlance/xmpp/namespaces';
import type { ExtensionHost } from '../host.ts';
import type { Inbound } from '../inbound.ts';
import type { Points } from '../points.ts';
import type { XmppSession } from '../session/session.ts';
import type { Carrier, Sessions } from '../session/sessions.ts';

interface Scene {
  readonly host: ExtensionHost;
  readonly inbound: Inbound;
  readonly points: Points;
  readonly sessions: Sessions;
  quiet(): Promise<void>;
}

export class StageClient implements Carrier {
  readonly remote: Endpoint = { address: '192.0.2.1', port: 40_000 };
  backlog = 0;
  /** Why the server closed the stream; undefined while it is open. */
  closedWith: string | undefined;
  readonly #scene: Scene;
  #session: XmppSession | undefined;
  #written: Element[] = [];
  #counted = 0;

  constructor(scene: Scene) {
    this.#scene = scene;
  }

  bound(session: XmppSession): void {
    this.#session = session;
  }

  get session(): XmppSession {
    if (this.#session === undefined) throw new Error('not bound');
    return this.#session;
  }

  write(text: string): void {
    for (const element of parseDocument(`<all xmlns='${namespaces.client}'>${text}</all>`).elements())
      if (element.ns === namespaces.client) this.#receive(element);
  }

  /** Whether the server reads on; a stage never has so much to read. */
  reading = true;

  pause(paused: boolean): void {
    this.reading = !paused;
  }

  close(condition?: string): void {
    this.closedWith = condition ?? '';
  }

  #receive(stanza: Element): void {
    this.#written.push(stanza);
    this.#counted++;
  }

  /** What came since the last call, stanzas only. */
  taken(): readonly Element[] {
    const written = this.#written;
    this.#written = [];
    return written;
  }

  /** The texts of the bodies that came since the last call, of copies too. */
  bodies(): readonly string[] {
    return this.taken().flatMap((stanza) => bodyOf(stanza) ?? []);
  }

  /** Sends a stanza or another first-level element, and waits until everything that follows from it has happened. */
  async send(xml: string): Promise<void> {
    this.post(xml);
    await this.#scene.quiet();
  }

  /** Sends without waiting. */
  post(xml: string): void {
    const stanza = parseDocument(xml, undefined, namespaces.client);
    if (stanza.ns !== namespaces.client) {
      this.#scene.host.handleNonza(this.session, stanza);
      return;
    }
    const waiting = this.#scene.inbound.handle(this.session, stanza);
    if (waiting === undefined) this.session.count();
    else void waiting.then(() => this.session.count());
  }

  /** Sends a request and gives its answer. */
  async ask(xml: string): Promise<Element> {
    await this.send(xml);
    const answer = this.taken().findLast(({ name }) => name === 'iq');
    if (answer === undefined) throw new Error('no answer');
    return answer;
  }

  /** Announces a priority, as the presence service does. */
  available(priority = 0): void {
    const { session } = this;
    session.availability = { show: 'online', priority };
    this.#scene.points.sessionAvailable.run({ session, account: session.account });
  }

  /** Negotiates a stream that counts and may be resumed (XEP-0198 §3). */
  enable(): void {
    this.#counted = 0;
    this.#scene.sessions.enable(this.session, true, this);
  }

  /** The client says that it has handled all that it was sent. */
  acknowledge(): void {
    if (!this.session.acknowledge(this.#counted)) throw new Error('counted too far');
  }

  /** Takes over the session of a client whose connection broke, and says what that one had handled (XEP-0198 §5). */
  resume(lost: StageClient): void {
    const { sessions } = this.#scene;
    const session = sessions.resumable(lost.session.account, lost.session.id);
    if (session?.resumption === undefined) throw new Error('not resumable');
    sessions.interrupt(session);
    sessions.resume(session, session.resumption, this);
    if (!session.acknowledge(lost.#counted)) throw new Error('counted too far');
    this.#session = session;
    this.#counted = lost.#counted;
    session.attach(this);
    session.resumption.attach(this);
    session.flush();
    sessions.resumed(session);
  }

  /** The connection breaks. */
  drop(): void {
    this.#scene.sessions.lost(this.session, this);
  }

  /** The client closes its stream. */
  leave(): void {
    this.#scene.sessions.end(this.session);
  }
}

const bodyOf = (stanza: Element): string | undefined => {
  const forwarded = stanza.elements().find(({ ns }) => ns === namespaces.carbons || ns === namespaces.mam);
  const inner = forwarded?.child('forwarded', namespaces.forward)?.child('message', namespaces.client);
  return (inner ?? stanza).childText('body', namespaces.client);
};
