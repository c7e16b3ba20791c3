// People in pairs, each with some messages in flight towards the other: messages per second, and how long each takes.

import { namespaces } from '@parlance/xmpp/namespaces';
import type { Person } from '../subject.ts';
import type { LoadConnection, Target } from './connection.ts';
import { bindPlain, settle } from './sign-in.ts';

export interface PairsSetting {
  readonly target: Target;
  readonly people: readonly Person[];
  /** Messages of each person that have not arrived yet. */
  readonly inFlight: number;
  /** Bytes of each body. */
  readonly body: number;
  /** Messages a second of all people together; undefined: as fast as they arrive. */
  readonly rate?: number;
}

export interface Window {
  /** Messages that arrived. */
  readonly messages: number;
  readonly seconds: number;
  /** Milliseconds from sending to arrival, one for each message. */
  readonly latencies: readonly number[];
}

/** Stanzas after which a sender asks what the server has taken over (XEP-0198 §4). */
const askEvery = 8;

interface Speaker {
  readonly connection: LoadConnection;
  readonly to: string;
  sent: number;
}

export class Pairs {
  readonly #setting: PairsSetting;
  readonly #filler: string;
  readonly #sentAt = new Map<string, number>();
  #speakers: Speaker[] = [];
  #latencies: number[] = [];
  #arrived = 0;
  #pacing: NodeJS.Timeout | undefined;
  #failure: Error | undefined;

  constructor(setting: PairsSetting) {
    this.#setting = setting;
    this.#filler = 'm'.repeat(setting.body);
  }

  /** Signs everybody in. */
  async open(): Promise<void> {
    const { target, people } = this.#setting;
    const failed = (error: Error): void => {
      this.#failure ??= error;
    };
    for (const [index, person] of people.entries()) {
      const connection = await bindPlain(target, person);
      await settle(connection, failed);
      const partner = people[index ^ 1]?.name ?? '';
      const speaker = { connection, to: `${partner}@${target.domain}/bench`, sent: 0 };
      connection.onStanza = (stanza) => {
        if (stanza.name === 'message') this.#onMessage(index, stanza.attr('id') ?? '');
      };
      this.#speakers.push(speaker);
    }
  }

  /** Begins to talk, and goes on until `close`. */
  start(): void {
    const { rate, inFlight } = this.#setting;
    if (rate !== undefined) this.#pace(rate);
    else for (const speaker of this.#speakers) for (let n = 0; n < inFlight; n++) this.#say(speaker);
  }

  /** What happens in the next `seconds`. Throws what went wrong meanwhile. */
  async watch(seconds: number): Promise<Window> {
    this.#latencies = [];
    const before = this.#arrived;
    const began = performance.now();
    await new Promise((resolve) => setTimeout(resolve, seconds * 1000));
    if (this.#failure !== undefined) throw this.#failure;
    const elapsed = (performance.now() - began) / 1000;
    return { messages: this.#arrived - before, seconds: elapsed, latencies: this.#latencies };
  }

  close(): void {
    clearInterval(this.#pacing);
    for (const { connection } of this.#speakers) connection.end();
    this.#speakers = [];
  }

  #pace(rate: number): void {
    const began = performance.now();
    let said = 0;
    this.#pacing = setInterval(() => {
      const due = Math.floor(((performance.now() - began) / 1000) * rate);
      for (; said < due; said++) {
        const speaker = this.#speakers[said % this.#speakers.length];
        if (speaker !== undefined) this.#say(speaker);
      }
    }, 1);
  }

  #say(speaker: Speaker): void {
    const id = `${speaker.to}-${speaker.sent++}`;
    this.#sentAt.set(id, performance.now());
    speaker.connection.send(
      `<message to='${speaker.to}' type='chat' id='${id}'><body>${this.#filler}</body></message>`,
    );
    if (speaker.sent % askEvery === 0) speaker.connection.send(`<r xmlns='${namespaces.sm}'/>`);
  }

  #onMessage(receiver: number, id: string): void {
    const sent = this.#sentAt.get(id);
    if (sent === undefined) return;
    this.#sentAt.delete(id);
    this.#arrived++;
    this.#latencies.push(performance.now() - sent);
    const speaker = this.#speakers[receiver ^ 1];
    if (this.#setting.rate === undefined && speaker !== undefined) this.#say(speaker);
  }
}
