// A flow that ends in a test: it notes what is sent and when, and hands it on to whoever listens.
import type { Clock } from '@parlance/base/clock';
import type { Endpoint, Flow, TransportName } from '../flow.ts';
import type { SipMessage } from '../message.ts';
import { readDatagram } from '../parse.ts';

export interface Sent {
  /** Milliseconds since the clock began. */
  readonly at: number;
  readonly message: SipMessage;
  readonly bytes: Uint8Array;
}

export class MemoryFlow implements Flow {
  readonly id: string;
  readonly transport: TransportName;
  readonly local: Endpoint = { address: '192.0.2.1', port: 5060 };
  readonly remote: Endpoint = { address: '192.0.2.2', port: 5060 };
  open = true;
  readonly sent: Sent[] = [];
  /** Gets each message that is sent. */
  onSend: ((message: SipMessage) => void) | undefined;
  readonly #clock: Clock;

  constructor(clock: Clock, transport: TransportName, id: string = transport) {
    this.#clock = clock;
    this.transport = transport;
    this.id = id;
  }

  get reliable(): boolean {
    return this.transport !== 'UDP';
  }

  send(bytes: Uint8Array): boolean {
    if (!this.open) return false;
    const message = readDatagram(bytes);
    if (message === undefined) throw new Error('No SIP message');
    this.sent.push({ at: this.#clock.monotonic(), message, bytes });
    this.onSend?.(message);
    return true;
  }

  /** What was sent, each with its time: method or status. */
  get log(): readonly string[] {
    return this.sent.map(({ at, message }) => `${at} ${'method' in message ? message.method : message.status}`);
  }
}
