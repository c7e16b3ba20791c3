// One audio call from its first INVITE to its BYE: offer and answer, hold, and who ended it (RFC 3261 §13–15; RFC 3264).
import type { Clock } from '@parlance/base/clock';
import type { Content, Dialog } from '@parlance/sip/dialog/dialog';
import { InviteClient, type Refusal } from '@parlance/sip/dialog/invite-client';
import { InviteServer } from '@parlance/sip/dialog/invite-server';
import { SipError } from '@parlance/sip/error';
import { Field } from '@parlance/sip/field';
import { type NameAddr, referredBy, referTo } from '@parlance/sip/headers/name-addr';
import { make, type SipRequest, type SipResponse } from '@parlance/sip/message';
import type { Answer } from '@parlance/sip/response';
import {
  type AgreedAudio,
  agreedAudio,
  answerAudio,
  type LocalAudio,
  offerAudio,
  redirected,
} from '@parlance/sip/sdp/audio';
import { readDescription, type SessionDescription, writeDescription } from '@parlance/sip/sdp/description';
import type { ServerTransaction } from '@parlance/sip/transaction/server';
import type { Result, UserAgent } from './agent.ts';
import type { AudioSession } from './audio/rtp.ts';

export interface CallParts {
  readonly agent: UserAgent;
  readonly clock: Clock;
  readonly random: () => string;
  readonly audio: AudioSession;
  /** Told once. */
  readonly onEnd: (why: string) => void;
}

const sdp = 'application/sdp';

export class Call {
  state: 'ringing' | 'connected' | 'ended' = 'ringing';
  readonly #parts: CallParts;
  #dialog: Dialog | undefined;
  #local: SessionDescription | undefined;
  #server: InviteServer | undefined;
  #client: InviteClient | undefined;
  /** Is told how a transfer goes. */
  #transferring: ((status: number) => void) | undefined;

  constructor(parts: CallParts) {
    this.#parts = parts;
  }

  get dialog(): Dialog | undefined {
    return this.#dialog;
  }

  get audio(): AudioSession {
    return this.#parts.audio;
  }

  /** The content of an INVITE that offers our audio. */
  offer(): Content {
    this.#local = offerAudio(this.#ours);
    return contentOf(this.#local);
  }

  /** Sends the INVITE, and tells once what came of it: undefined when it was taken. A challenged one comes here again. */
  place(request: SipRequest, done: (refusal: Refusal | undefined) => void, progress: (status: number) => void): void {
    const { agent } = this.#parts;
    this.#client = new InviteClient(request, agent.flow, {
      transactions: agent.transactions,
      way: () => agent.flow,
      caller: {
        progress: ({ status }, _dialog, acknowledge) => {
          acknowledge?.();
          progress(status);
        },
        accepted: (response, dialog, acknowledge) => {
          acknowledge();
          // Of several that took it, or after we gave up, none but the first is wanted.
          if (this.state !== 'ringing') {
            void agent.within(dialog, 'BYE');
            return;
          }
          this.#connect(dialog);
          done(undefined);
          this.#agree(response.body);
        },
        refused: done,
        ended: () => undefined,
      },
    });
  }

  /** There is no call, and there will be none. */
  over(why: string): void {
    this.#end(why);
  }

  /** We are called. False when their offer has nothing for us; it has been refused then. */
  ring(transaction: ServerTransaction, own: NameAddr): boolean {
    const { clock, random } = this.#parts;
    this.#server = new InviteServer(transaction, {
      clock,
      random,
      rseq: 1,
      contact: own,
      callee: {
        acknowledged: (ack) => this.#agree(ack.body),
        unacknowledged: () => this.hangUp(),
        withdrawn: () => this.#end('taken back'),
      },
    });
    this.#dialog = this.#server.dialog;
    this.#local = this.#answerTo(transaction.request);
    if (this.#local !== undefined) {
      this.#server.progress(180);
      return true;
    }
    this.#server.refuse({ status: 488 });
    this.#end('nothing for us');
    return false;
  }

  accept(): void {
    if (this.#server === undefined || this.#local === undefined) return;
    this.#server.accept(contentOf(this.#local));
    this.#connect(this.#server.dialog);
    this.#agree(this.#server.request.body);
  }

  refuse(status: number): void {
    this.#server?.refuse({ status });
    this.#end('refused');
  }

  /** Ends the call, or takes it back (RFC 3261 §15, §9). */
  hangUp(why = 'hung up'): void {
    if (this.state === 'ended') return;
    if (this.state === 'connected' && this.#dialog !== undefined) void this.#parts.agent.within(this.#dialog, 'BYE');
    else if (this.#server !== undefined) this.#server.refuse({ status: 480 });
    else this.#client?.cancel();
    this.#end(why);
  }

  /**
   * Asks the other side to call somebody else (RFC 3515 §2.4). `told` gets the status of that call as it goes, at last a final one;
   * this call goes on until somebody hangs up.
   */
  async transfer(target: string, told: (status: number) => void): Promise<Result> {
    if (this.#dialog === undefined) return 'failed';
    this.#transferring = told;
    const { agent } = this.#parts;
    return agent.within(this.#dialog, 'REFER', {
      fields: [
        make(referTo, { display: '', uri: target, parameters: [] }),
        make(referredBy, { display: '', uri: agent.uri, parameters: [] }),
      ],
    });
  }

  /** A request within the call. Undefined: it is answered by itself. */
  receive(request: SipRequest, transaction: ServerTransaction, own: NameAddr): Answer | undefined {
    const refusal = this.#dialog?.admit(request, 1);
    if (refusal !== undefined) return refusal;
    if (request.method === 'BYE') {
      this.#end('the other side hung up');
      return { status: 200 };
    }
    if (request.method === 'PRACK') return { status: this.#server?.acknowledgeProgress(request) === true ? 200 : 481 };
    if (request.method === 'INVITE') return this.#change(transaction, own);
    if (request.method === 'NOTIFY') return this.#transferred(request);
    return request.method === 'UPDATE' || request.method === 'INFO' || request.method === 'OPTIONS'
      ? { status: 200 }
      : { status: 405 };
  }

  acknowledge(ack: SipRequest): void {
    this.#server?.acknowledge(ack);
  }

  cancel(cancel: SipRequest): SipResponse | undefined {
    return this.#server?.cancel(cancel);
  }

  /** Nobody sends to a held one, who may hear nothing (RFC 3264 §8.4). */
  hold(held: boolean): void {
    if (this.#dialog === undefined || this.#local === undefined) return;
    this.#local = redirected(this.#local, held ? 'sendonly' : 'sendrecv');
    const { agent } = this.#parts;
    this.#client = new InviteClient(
      agent.authorised(this.#dialog.request('INVITE', contentOf(this.#local))),
      agent.flow,
      {
        transactions: agent.transactions,
        way: () => agent.flow,
        dialog: this.#dialog,
        caller: {
          progress: (_response, _dialog, acknowledge) => acknowledge?.(),
          accepted: (response, _dialog, acknowledge) => {
            acknowledge();
            this.#agree(response.body);
          },
          refused: () => undefined,
          ended: () => undefined,
        },
      },
    );
  }

  /** The body is the beginning of a response (RFC 3515 §2.4.5). */
  #transferred({ body }: SipRequest): Answer {
    const [, status] = /^SIP\/2\.0 (\d{3}) /.exec(new TextDecoder().decode(body)) ?? [];
    if (this.#transferring === undefined) return { status: 481 };
    if (status === undefined) return { status: 400 };
    this.#transferring(Number(status));
    return { status: 200 };
  }

  /** A re-INVITE: the same call on other terms (RFC 3261 §14). */
  #change(transaction: ServerTransaction, own: NameAddr): Answer | undefined {
    const { clock, random } = this.#parts;
    if (this.#dialog === undefined) return { status: 481 };
    const local = this.#answerTo(transaction.request);
    if (local === undefined) return { status: 488 };
    this.#local = local;
    this.#server = new InviteServer(transaction, {
      clock,
      random,
      rseq: 1,
      contact: own,
      dialog: this.#dialog,
      callee: {
        acknowledged: (ack) => this.#agree(ack.body),
        unacknowledged: () => this.hangUp(),
        withdrawn: () => undefined,
      },
    });
    this.#server.accept(contentOf(local));
    this.#agree(transaction.request.body);
    return undefined;
  }

  /** An answer to an offer, or an offer to an INVITE without one (RFC 3261 §13.2.1). */
  #answerTo({ body }: SipRequest): SessionDescription | undefined {
    if (body.length === 0) return offerAudio(this.#ours);
    try {
      return answerAudio(readDescription(body), this.#ours);
    } catch (error) {
      if (error instanceof SipError) return undefined;
      throw error;
    }
  }

  get #ours(): LocalAudio {
    const { audio, agent } = this.#parts;
    return {
      id: '1',
      version: 1,
      address: agent.flow.local.address,
      port: audio.port,
      codecs: ['pcmu', 'pcma'],
      direction: 'sendrecv',
    };
  }

  #connect(dialog: Dialog): void {
    this.#dialog = dialog;
    this.state = 'connected';
    this.#parts.agent.joined(this);
  }

  /** Begins to speak and to listen as soon as both descriptions are there. Nothing in common, or nothing readable, ends the call (§13.2.2.4). */
  #agree(body: Uint8Array): void {
    if (body.length === 0 || this.#local === undefined || this.state !== 'connected') return;
    const agreed = agreement(this.#local, body);
    if (agreed === undefined) this.hangUp('no sound in common');
    else this.#parts.audio.follow(agreed);
  }

  #end(why: string): void {
    if (this.state === 'ended') return;
    this.state = 'ended';
    this.#dialog?.end();
    this.#parts.audio.close();
    this.#parts.onEnd(why);
  }
}

const contentOf = (description: SessionDescription): Content => ({
  fields: [Field.make('content-type', sdp)],
  body: writeDescription(description),
});

const agreement = (local: SessionDescription, remote: Uint8Array): AgreedAudio | undefined => {
  try {
    return agreedAudio(local, readDescription(remote));
  } catch (error) {
    if (error instanceof SipError) return undefined;
    throw error;
  }
};
