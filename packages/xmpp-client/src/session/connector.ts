// Keeps a session connected: attempts with a deadline, back-off between them, redirections (RFC 6120 §3.3, §4.9.3.19).
import type { Timer } from '@parlance/base/clock';
import { ConnectionLost, StreamError } from '../errors.ts';
import { Channel } from '../stream/channel.ts';
import type { Transport } from '../transport.ts';
import { waitAfter } from './backoff.ts';
import { isFatal } from './fatal.ts';
import { type Negotiated, negotiate, type Party } from './negotiation.ts';
import type { Resumption } from './stream-management.ts';

/** `always`: until told to stop. `once-online`: the first attempt must succeed. `never`: one connection and no more. */
export type ReconnectPolicy = 'always' | 'once-online' | 'never';

export interface ConnectorOwner {
  readonly resumption: Resumption | undefined;
  /** A stream is there. Settles when it is over, with its error. */
  established(channel: Channel, negotiated: Negotiated): Promise<Error | undefined>;
  /** The next attempt begins in so many milliseconds. */
  waiting(attempt: { readonly after: number; readonly failures: number; readonly error: Error | undefined }): void;
}

/** Milliseconds for everything up to a bound stream. */
const patience = 30_000;

/** A connection that lasted so many milliseconds was a good one: the back-off begins anew. */
const steady = 10_000;

/** Redirections in a row that are followed. */
const longestDetour = 3;

const asError = (error: unknown): Error => (error instanceof Error ? error : new Error(String(error)));

export class Connector {
  readonly #party: Party;
  readonly #transport: Transport;
  readonly #policy: ReconnectPolicy;
  readonly #owner: ConnectorOwner;
  #stopped = false;
  #abort = new AbortController();
  #wait: { readonly timer: Timer; readonly go: () => void } | undefined;

  constructor(party: Party, transport: Transport, policy: ReconnectPolicy, owner: ConnectorOwner) {
    this.#party = party;
    this.#transport = transport;
    this.#policy = policy;
    this.#owner = owner;
  }

  /** Connects again and again until stopped. Resolves with the error that made it give up; undefined when stopped. */
  async run(): Promise<Error | undefined> {
    let [failures, detours, everOnline] = [0, 0, false];
    let transport = this.#preferred();
    for (;;) {
      const begun = this.#party.platform.clock.monotonic();
      const { error, online } = await this.#attempt(transport);
      everOnline ||= online;
      if (this.#stopped) return undefined;
      const elsewhere = detours < longestDetour ? this.#elsewhere(transport, error) : undefined;
      detours = elsewhere === undefined ? 0 : detours + 1;
      transport = elsewhere ?? (online ? this.#preferred() : this.#transport);
      if (elsewhere !== undefined) continue;
      if (isFatal(error) || this.#policy === 'never' || (this.#policy === 'once-online' && !everOnline))
        return error ?? new ConnectionLost();
      const lasted = online && this.#party.platform.clock.monotonic() - begun > steady;
      failures = lasted ? 1 : failures + 1;
      await this.#pause(failures, error);
      if (this.#stopped) return undefined;
    }
  }

  /** No more attempts; one that is under way is given up. */
  stop(): void {
    this.#stopped = true;
    this.#abort.abort();
    this.hurry();
  }

  /** Ends a pause between attempts. */
  hurry(): void {
    this.#wait?.timer.cancel();
    this.#wait?.go();
  }

  async #attempt(transport: Transport): Promise<{ readonly error: Error | undefined; readonly online: boolean }> {
    const channel = new Channel(transport);
    const abort = new AbortController();
    this.#abort = abort;
    abort.signal.addEventListener('abort', () => channel.destroy(new ConnectionLost('given up while connecting')));
    const deadline = this.#party.platform.clock.after(patience, () => abort.abort());
    try {
      await channel.connect(abort.signal);
      const negotiated = await negotiate(channel, this.#party, this.#owner.resumption);
      deadline.cancel();
      if (this.#stopped) throw new ConnectionLost('given up while connecting');
      // From here on the session owns the stream: stopping must not cut off its goodbye.
      this.#abort = new AbortController();
      const over = this.#owner.established(channel, negotiated);
      return { error: await over, online: true };
    } catch (error) {
      channel.destroy(asError(error));
      return { error: asError(error), online: false };
    } finally {
      deadline.cancel();
    }
  }

  /** XEP-0198 §5: the server may have said where it prefers to be reached for resumption. */
  #preferred(): Transport {
    const location = this.#owner.resumption?.location;
    return (location === undefined ? undefined : this.#transport.redirected(location)) ?? this.#transport;
  }

  #elsewhere(transport: Transport, error: Error | undefined): Transport | undefined {
    if (!(error instanceof StreamError) || error.condition !== 'see-other-host') return undefined;
    return transport.redirected(error.detail);
  }

  #pause(failures: number, error: Error | undefined): Promise<void> {
    const { clock, random } = this.#party.platform;
    const after = Math.round(waitAfter(failures, random));
    return new Promise((resolve) => {
      const go = (): void => {
        this.#wait = undefined;
        resolve();
      };
      this.#wait = { timer: clock.after(after, go), go };
      this.#owner.waiting({ after, failures, error });
    });
  }
}
