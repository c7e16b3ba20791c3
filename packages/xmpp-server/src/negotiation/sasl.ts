// SASL as a stream feature (RFC 6120 §6): offered, tried, answered; then the stream begins anew as somebody's.
import { fromBase64, toBase64 } from '@parlance/base/base64';
import { type Element, el } from '@parlance/xml/element';
import { namespaces } from '@parlance/xmpp/namespaces';
import { mayActAs } from '@parlance/xmpp/sasl/authzid';
import type { SaslCondition } from '@parlance/xmpp/sasl/failure';
import type { ServerStep } from '@parlance/xmpp/sasl/server';
import { StreamError } from '@parlance/xmpp/stream-error';
import type { Attempt, SignIn } from '../auth/sign-in.ts';
import type { Context } from '../context.ts';
import type { ClientStream } from '../stream.ts';
import type { StreamFeature } from './negotiator.ts';

const { sasl: ns, channelBindings } = namespaces;

/** Failures after which a stream is closed (RFC 6120 §6.4.5). */
const mostFailures = 5;

type Success = Extract<ServerStep, { readonly step: 'success' }>;

/** What a stream has tried; it goes with its stream. */
interface Progress {
  failures: number;
  attempt: Attempt | undefined;
}

/** An element's data: undefined when it has none, null when it is no base 64. A single `=` is data of no length (RFC 6120 §6.4.2). */
const dataOf = (element: Element): Uint8Array | undefined | null => {
  const text = element.text();
  if (text === '') return undefined;
  return text === '=' ? new Uint8Array(0) : (fromBase64(text) ?? null);
};

const element = (name: string, data?: Uint8Array): Element => {
  if (data === undefined) return el(name, ns);
  return el(name, ns, {}, data.length === 0 ? '=' : toBase64(data));
};

class Sasl implements StreamFeature {
  readonly handles = [`${ns} auth`, `${ns} response`, `${ns} abort`];
  readonly #context: Context;
  readonly #signIn: SignIn;
  readonly #progress = new WeakMap<ClientStream, Progress>();

  constructor(context: Context, signIn: SignIn) {
    this.#context = context;
    this.#signIn = signIn;
  }

  offer(stream: ClientStream): readonly Element[] {
    const mechanisms = this.#signIn.mechanisms(stream).map((name) => el('mechanism', ns, {}, name));
    const types = this.#signIn.bindingTypes(stream).map((type) => el('channel-binding', channelBindings, { type }));
    return [
      ...(types.length === 0 ? [] : [el('sasl-channel-binding', channelBindings, {}, ...types)]),
      ...(mechanisms.length === 0 ? [] : [el('mechanisms', ns, {}, ...mechanisms)]),
    ];
  }

  handle(stream: ClientStream, request: Element): Promise<void> | undefined {
    if (stream.account !== undefined) throw new StreamError('policy-violation', 'signed in already');
    const progress = this.#progressOf(stream);
    if (request.name === 'auth') return this.#begin(stream, progress, request);
    if (request.name === 'response') return this.#goOn(stream, progress, dataOf(request));
    return this.#fail(stream, progress, 'aborted');
  }

  /** Another try discards the one that is going on (RFC 6120 §6.4.2), which then has failed. */
  #begin(stream: ClientStream, progress: Progress, request: Element): Promise<void> | undefined {
    if (progress.attempt !== undefined && this.#failedTooOften(stream, progress)) return undefined;
    progress.attempt = undefined;
    if (!this.#signIn.isOpen(stream)) return this.#fail(stream, progress, 'encryption-required');
    if (this.#signIn.isLocked(stream)) return this.#fail(stream, progress, 'temporary-auth-failure');
    progress.attempt = this.#signIn.begin(stream, request.attr('mechanism') ?? '');
    if (progress.attempt === undefined) return this.#fail(stream, progress, 'invalid-mechanism');
    const data = dataOf(request);
    if (data !== undefined || progress.attempt.name === 'ANONYMOUS') return this.#goOn(stream, progress, data);
    stream.send(element('challenge'));
    return undefined;
  }

  #goOn(stream: ClientStream, progress: Progress, data: Uint8Array | undefined | null): Promise<void> | undefined {
    const { attempt } = progress;
    if (attempt === undefined) return this.#fail(stream, progress, 'malformed-request');
    if (data === null) return this.#fail(stream, progress, 'incorrect-encoding');
    return this.#step(stream, progress, attempt, data ?? new Uint8Array(0));
  }

  async #step(stream: ClientStream, progress: Progress, attempt: Attempt, data: Uint8Array): Promise<void> {
    const step = await attempt.machine.respond(data);
    if (step.step === 'challenge') stream.send(element('challenge', step.data));
    else if (step.step === 'failure') this.#fail(stream, progress, step.condition);
    else await this.#succeed(stream, progress, attempt, step);
  }

  async #succeed(
    stream: ClientStream,
    progress: Progress,
    attempt: Attempt,
    { identity, data }: Success,
  ): Promise<void> {
    const account = await attempt.account();
    if (account === undefined) this.#fail(stream, progress, 'temporary-auth-failure');
    else if (!mayActAs(identity.authzid, account.address)) this.#fail(stream, progress, 'invalid-authzid');
    else if (account.suspended) this.#fail(stream, progress, 'account-disabled');
    else {
      stream.send(element('success', data));
      stream.account = account;
      stream.restart(true);
      const { name: mechanism } = attempt;
      this.#context.log.info('signed in', { address: account.address, mechanism, remote: stream.remote.address });
    }
  }

  /** Tells the client, and closes the stream of one who failed too often. */
  #fail(stream: ClientStream, progress: Progress, condition: SaslCondition): undefined {
    progress.attempt = undefined;
    if (condition === 'not-authorized') this.#signIn.failed(stream);
    this.#context.log.info('sign-in refused', { domain: stream.domain, condition, remote: stream.remote.address });
    stream.send(el('failure', ns, {}, el(condition, ns)));
    this.#failedTooOften(stream, progress);
  }

  #failedTooOften(stream: ClientStream, progress: Progress): boolean {
    const tooOften = ++progress.failures >= mostFailures;
    if (tooOften) stream.fail('policy-violation', 'too many failures to sign in');
    return tooOften;
  }

  #progressOf(stream: ClientStream): Progress {
    const known = this.#progress.get(stream);
    if (known !== undefined) return known;
    const progress: Progress = { failures: 0, attempt: undefined };
    this.#progress.set(stream, progress);
    return progress;
  }
}

export const sasl = (context: Context, signIn: SignIn): StreamFeature => new Sasl(context, signIn);
