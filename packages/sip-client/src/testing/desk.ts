// The other side of a user agent in tests: a UDP socket that notes requests, and answers each as it is told.
import { createSocket, type Socket } from 'node:dgram';
import { once } from 'node:events';
import type { Clock } from '@parlance/base/clock';
import { via } from '@parlance/sip/headers/via';
import { prepend, type SipMessage, SipRequest } from '@parlance/sip/message';
import { readDatagram } from '@parlance/sip/parse';
import { type Answer, respond } from '@parlance/sip/response';
import { serialise } from '@parlance/sip/serialise';
import { UserAgent } from '../agent.ts';

export class Desk {
  /** What came, in order, without retransmissions: there are none on a clock that stands. */
  readonly came: SipMessage[] = [];
  answer: (request: SipRequest) => Answer | undefined = () => ({ status: 200 });
  readonly #socket: Socket;
  #count = 0;

  private constructor(socket: Socket) {
    this.#socket = socket;
    socket.on('message', (bytes, { address, port }) => {
      const message = readDatagram(bytes);
      if (message === undefined) return;
      this.came.push(message);
      if (!(message instanceof SipRequest) || message.method === 'ACK') return;
      const answer = this.answer(message);
      if (answer === undefined) return;
      socket.send(serialise(respond(message, answer, 'desk')), port, address);
    });
  }

  static async open(): Promise<Desk> {
    const socket = createSocket('udp4');
    socket.bind(0, '127.0.0.1');
    await once(socket, 'listening');
    return new Desk(socket);
  }

  get port(): number {
    return this.#socket.address().port;
  }

  /** Methods and statuses that came. */
  get log(): readonly string[] {
    return this.came.map((message) => (message instanceof SipRequest ? message.method : `${message.status}`));
  }

  requests(method: string): readonly SipRequest[] {
    return this.came.filter((message) => message instanceof SipRequest && message.method === method) as SipRequest[];
  }

  send(request: SipRequest, to: { readonly address: string; readonly port: number }): void {
    const parameters = [{ name: 'branch', value: `z9hG4bKdesk${this.#count++}` }];
    const fields = prepend(request.fields, via, { transport: 'UDP', host: '127.0.0.1', port: this.port, parameters });
    this.#socket.send(serialise(request.with({ fields })), to.port, to.address);
  }

  /** An agent of `juliet@example.com` whose server this is. */
  agent(clock: Clock): Promise<UserAgent> {
    let count = 0;
    return UserAgent.open({
      clock,
      random: () => `r${count++}`,
      chance: () => 0.5,
      hash: (_algorithm, data) => data.length.toString(16),
      server: { transport: 'UDP', address: '127.0.0.1', port: this.port },
      account: 'juliet@example.com',
      password: 'secret',
    });
  }

  close(): void {
    this.#socket.close();
  }
}
