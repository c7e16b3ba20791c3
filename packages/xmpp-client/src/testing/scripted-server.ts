// A server whose every word a test decides, behind the port of transport (frames as RFC 7395 §3.3).
import { parseDocument } from '@parlance/xml/document';
import { type Element, el } from '@parlance/xml/element';
import { storedLimits } from '@parlance/xml/limits';
import { serialise } from '@parlance/xml/serialise';
import { namespaces } from '@parlance/xmpp/namespaces';
import type { ConnectionOwner, Transport } from '../transport.ts';

const mechanisms = "<mechanisms xmlns='urn:ietf:params:xml:ns:xmpp-sasl'><mechanism>PLAIN</mechanism></mechanisms>";

/** The name of the stream features' element differs in prefix only. */
const features = (content: string): string =>
  `<stream:features xmlns='jabber:client' xmlns:stream='${namespaces.stream}'>${content}</stream:features>`;

/** What the server says to `<resume/>`; undefined: nobody has asked. */
export type Resuming = 'resumed' | 'failed';

export interface Script {
  readonly resume?: { readonly answer: Resuming; readonly h?: number };
  /** Without stream management. */
  readonly plain?: true;
  /** With client state indication (XEP-0352 §4.1). */
  readonly csi?: true;
}

export class ScriptedServer {
  /** Connections that were opened, and where (`main`, or the address of a redirection). */
  readonly opened: string[] = [];
  #owner: ConnectionOwner | undefined;
  #heard: Element[] = [];
  #waiting: ((element: Element) => void) | undefined;

  transport(place = 'main'): Transport {
    return {
      framing: 'frames',
      requireTls: false,
      open: (owner) => {
        this.opened.push(place);
        this.#owner = owner;
        this.#heard = [];
        return Promise.resolve({
          secure: true,
          write: (text: string) => this.#hear(text),
          startTls: () => Promise.reject(new Error('not over frames')),
          channelBindings: () => new Map(),
          end: () => this.cut(),
          destroy: () => this.cut(),
        });
      },
      redirected: (address) => this.transport(address),
    };
  }

  /** The next frame of the client. */
  next(): Promise<Element> {
    const element = this.#heard.shift();
    if (element !== undefined) return Promise.resolve(element);
    return new Promise((resolve) => {
      this.#waiting = resolve;
    });
  }

  /** The next stanza with that name; other frames are passed over. */
  async stanza(name: string): Promise<Element> {
    for (;;) {
      const element = await this.next();
      if (element.name === name) return element;
    }
  }

  say(text: string): void {
    this.#owner?.received(text);
  }

  /** Ends the connection without a word. */
  cut(): void {
    const owner = this.#owner;
    this.#owner = undefined;
    owner?.closed();
  }

  /** Lets the client in as juliet@one.example/balcony, with stream management; or answers its attempt to resume. */
  async admit({ resume, plain, csi }: Script = {}): Promise<void> {
    await this.#open(mechanisms);
    await this.stanza('auth');
    this.say(serialise(el('success', namespaces.sasl)));
    const optional = [
      ...(plain === true ? [] : [el('sm', namespaces.sm)]),
      ...(csi === true ? [el('csi', namespaces.csi)] : []),
    ];
    await this.#open([el('bind', namespaces.bind), ...optional].map((feature) => serialise(feature)).join(''));
    if (resume !== undefined) {
      const request = await this.stanza('resume');
      const h = resume.h === undefined ? undefined : String(resume.h);
      this.say(serialise(el(resume.answer, namespaces.sm, { previd: request.attr('previd'), h })));
      if (resume.answer === 'resumed') return;
    }
    const bind = await this.stanza('iq');
    const jid = el('jid', namespaces.bind, {}, 'juliet@one.example/balcony');
    const result = el(
      'iq',
      namespaces.client,
      { type: 'result', id: bind.attr('id') },
      el('bind', namespaces.bind, {}, jid),
    );
    this.say(serialise(result));
    if (plain === true) return;
    await this.stanza('enable');
    this.say(serialise(el('enabled', namespaces.sm, { id: 'some-id', resume: 'true' })));
  }

  async #open(content: string): Promise<void> {
    await this.stanza('open');
    this.say(serialise(el('open', namespaces.framing, { from: 'one.example', id: '1', version: '1.0' })));
    this.say(features(content));
  }

  #hear(text: string): void {
    const element = parseDocument(text, storedLimits, namespaces.client);
    const waiting = this.#waiting;
    this.#waiting = undefined;
    if (waiting === undefined) this.#heard.push(element);
    else waiting(element);
  }
}
