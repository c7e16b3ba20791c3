// A call between two user agents, Alice and Bob, over a network that tests may damage.
import type { Clock } from '@parlance/base/clock';
import type { Dialog } from '../dialog/dialog.ts';
import { type Acknowledge, InviteClient } from '../dialog/invite-client.ts';
import { InviteServer } from '../dialog/invite-server.ts';
import { nameOfRequest } from '../dialog/names.ts';
import type { TransportName } from '../flow.ts';
import { isRequest, type SipRequest, type SipResponse } from '../message.ts';
import { respond } from '../response.ts';
import { counting } from './counting.ts';
import { readRequest } from './messages.ts';
import { type Pair, pair } from './pair.ts';

const invite = (...more: readonly string[]): SipRequest =>
  readRequest(
    'INVITE sip:bob@biloxi.example.com SIP/2.0',
    'Max-Forwards: 70',
    'From: Alice <sip:alice@atlanta.example.com>;tag=9fxced76sl',
    'To: Bob <sip:bob@biloxi.example.com>',
    'Call-ID: 3848276298220188511@atlanta.example.com',
    'CSeq: 1 INVITE',
    'Contact: <sip:alice@192.0.2.1>',
    ...more,
  );

/** Alice calls Bob; what happens to both is noted, and what they do is for each test to say. */
export class Call<Time extends Clock> {
  readonly net: Pair;
  readonly clock: Time;
  readonly heard: string[] = [];
  readonly client: InviteClient;
  readonly dialogs: Dialog[] = [];
  server: InviteServer | undefined;
  onInvite: (server: InviteServer) => void = () => undefined;
  onProgress: (response: SipResponse, acknowledge: Acknowledge | undefined) => void = (_, acknowledge) =>
    acknowledge?.();
  onAccepted: (acknowledge: Acknowledge) => void = (acknowledge) => acknowledge();

  constructor(clock: Time, transport: TransportName, ...more: readonly string[]) {
    this.clock = clock;
    this.net = pair(clock, transport);
    const { near, far } = this.net;
    far.onRequest = (request) => this.#receive(request);
    far.onStray = (message) => {
      if (isRequest(message)) this.server?.acknowledge(message);
    };
    this.client = new InviteClient(invite(...more), near.flow, {
      transactions: near.transactions,
      way: () => near.flow,
      caller: {
        progress: (response, _, acknowledge) => {
          this.note(`alice hears ${response.status}`);
          this.onProgress(response, acknowledge);
        },
        accepted: (_, dialog, acknowledge) => {
          this.note('alice is connected');
          this.dialogs.push(dialog);
          this.onAccepted(acknowledge);
        },
        refused: (refusal) => this.note(`alice is refused: ${typeof refusal === 'string' ? refusal : refusal.status}`),
        ended: () => this.note('alice knows all'),
      },
    });
  }

  note(text: string): void {
    this.heard.push(`${this.clock.monotonic()} ${text}`);
  }

  get bob(): InviteServer {
    if (this.server === undefined) throw new Error('Bob has no INVITE');
    return this.server;
  }

  #receive(request: SipRequest): void {
    const { far } = this.net;
    const meant = request.method === 'CANCEL' ? far.transactions.find(request) : undefined;
    const transaction = far.transactions.serve(request, far.flow);
    if (transaction === undefined) throw new Error('Too many');
    if (request.method === 'CANCEL')
      transaction.respond(meant === undefined ? respond(request, { status: 481 }, 'x') : this.bob.cancel(request));
    else if (request.method !== 'INVITE') transaction.respond(respond(request, { status: this.#within(request) }, 'x'));
    else {
      this.server = new InviteServer(transaction, {
        clock: this.clock,
        random: counting('bob'),
        rseq: 813_520,
        contact: { display: '', uri: 'sip:bob@192.0.2.2', parameters: [] },
        callee: {
          acknowledged: (ack) => this.note(`bob is connected${ack.body.length > 0 ? ' and has an answer' : ''}`),
          unacknowledged: () => this.note('bob waits in vain'),
          withdrawn: () => this.note('bob stops ringing'),
        },
      });
      this.onInvite(this.server);
    }
  }

  #within(request: SipRequest): number {
    const { dialog } = this.bob;
    if (nameOfRequest(request) !== dialog.name) return 481;
    const refusal = dialog.admit(request, 0);
    if (refusal !== undefined) return refusal.status;
    if (request.method === 'PRACK') return this.bob.acknowledgeProgress(request) ? 200 : 481;
    this.note(`bob hears ${request.method}`);
    return 200;
  }
}
