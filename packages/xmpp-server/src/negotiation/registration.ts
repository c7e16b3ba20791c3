// In-band registration before signing in: on a secure path, on domains that are open, few times from one source (XEP-0077 §3.1.1, §8).
import { sourceOf } from '@parlance/base/addresses';
import { mixesAlphabets } from '@parlance/base/alphabets';
import { Quota } from '@parlance/base/quota';
import { isRefusal, type Refusal, refuse } from '@parlance/base/refusal';
import { addressOf } from '@parlance/core/ids';
import type { Membership } from '@parlance/core/membership';
import { type Element, el } from '@parlance/xml/element';
import { makeJid } from '@parlance/xmpp/jid';
import { namespaces } from '@parlance/xmpp/namespaces';
import { iqResult } from '@parlance/xmpp/stanza';
import { readRegistration, registrationForm } from '@parlance/xmpp/wire/xep-0077.registration';
import { Gate } from '../auth/gate.ts';
import { registrationTexts } from '../auth/registration-texts.ts';
import type { Context } from '../context.ts';
import { refusalReply } from '../refusals.ts';
import type { ClientStream } from '../stream.ts';
import type { StreamFeature } from './negotiator.ts';

/** Accounts from one source in an hour, and sources that are remembered. */
const perHour = 5;
const hour = 3_600_000;
const sources = 10_000;

/** Passwords that are being derived for new accounts at a time, and how many may wait. */
const derivations = 1;
const waiting = 20;

export interface StreamRegistrationParts {
  readonly context: Context;
  readonly membership: Pick<Membership, 'create'>;
  /** The domains on which anybody may have an account. */
  readonly open: ReadonlySet<string>;
  /** Takes all other requests that come before a session is bound. */
  readonly next: StreamFeature;
}

class StreamRegistration implements StreamFeature {
  readonly handles: readonly string[];
  readonly #parts: StreamRegistrationParts;
  readonly #quota: Quota;
  readonly #gate = new Gate(derivations, waiting);
  /** Streams on which somebody has registered: one account is enough (§3.1.1). */
  readonly #done = new WeakSet<ClientStream>();

  constructor(parts: StreamRegistrationParts) {
    this.#parts = parts;
    this.#quota = new Quota({ allowed: perHour, window: hour, sources });
    this.handles = parts.next.handles;
  }

  offer(stream: ClientStream): readonly Element[] {
    const others = [this.#parts.next.offer(stream) ?? []].flat();
    return this.#isOpen(stream) ? [el('register', namespaces.registerFeature), ...others] : others;
  }

  handle(stream: ClientStream, iq: Element): Promise<void> | undefined {
    const query = iq.child('query', namespaces.register);
    if (query === undefined || !this.#isOpen(stream)) return this.#parts.next.handle(stream, iq);
    if (iq.attr('type') === 'get') {
      stream.send(iqResult(iq, registrationForm(registrationTexts(stream.language).choose)));
      return undefined;
    }
    if (iq.attr('type') !== 'set') return undefined;
    return this.#register(stream, query).then((refusal) =>
      stream.send(refusal === undefined ? iqResult(iq) : refusalReply(iq, refusal)),
    );
  }

  /** A password never goes over a path on which it could not be used to sign in (ADR 0005). */
  #isOpen({ account, connection, domain }: ClientStream): boolean {
    const { context, open } = this.#parts;
    return account === undefined && open.has(domain) && (connection.securePath || context.auth.plaintext.has(domain));
  }

  async #register(stream: ClientStream, query: Element): Promise<Refusal | undefined> {
    const asked = readRegistration(query);
    // §3.2, Table 1: who has not signed in has nothing to leave.
    if (asked === undefined || asked.kind === 'remove') return refuse('not-allowed');
    const local = makeJid(asked.username, stream.domain, '')?.local ?? '';
    if (local === '' || asked.password === '' || mixesAlphabets(local)) return refuse('not-acceptable');
    const source = sourceOf(stream.remote.address);
    if (
      this.#done.has(stream) ||
      (source !== undefined && !this.#quota.take(source, this.#parts.context.clock.monotonic()))
    )
      return refuse('not-acceptable');
    const applicant = { address: addressOf(local, stream.domain), password: asked.password, role: 'user' } as const;
    const { membership, context } = this.#parts;
    // It rejects when nothing could be written, which the commit loop has told the log.
    const outcome = await this.#gate.run(async () => ({
      refusal: await membership.create(applicant).catch(() => refuse('storage-full')),
    }));
    if (outcome === undefined) return refuse('overloaded');
    if (isRefusal(outcome.refusal)) return outcome.refusal;
    this.#done.add(stream);
    context.log.info('registered', { address: applicant.address, remote: stream.remote.address });
    return undefined;
  }
}

export const streamRegistration = (parts: StreamRegistrationParts): StreamFeature => new StreamRegistration(parts);
