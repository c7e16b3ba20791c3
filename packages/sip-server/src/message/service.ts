// A MESSAGE to an account of this server: checked, kept, answered 202 when it is on disk, then given to the devices (RFC 3428; DESIGN §2).
import { isRefusal, refuse } from '@parlance/base/refusal';
import type { Account } from '@parlance/core/account';
import { isBlocked } from '@parlance/core/blocking';
import type { Envelope } from '@parlance/core/envelope';
import type { Address } from '@parlance/core/ids';
import type { SipRequest } from '@parlance/sip/message';
import { parameterOf } from '@parlance/sip/parameters';
import type { Answer } from '@parlance/sip/response';
import { isSip } from '@parlance/sip/uri';
import type { SipContext } from '../context.ts';
import { answerTo } from '../refusals.ts';
import type { Binding } from '../registrar/binding.ts';
import { AcceptedRequests, keyOf } from './accepted.ts';
import { columnsOf, keepOf, refusedContent } from './content.ts';
import { NativeMessage } from './payload.ts';

/** Who sent a message: the one who authenticated, or whose server we believe. */
export interface Sender {
  readonly address: Address;
  /** Undefined when he has no account here. */
  readonly account: Account | undefined;
  /** The phone that it came from, if it has registered. */
  readonly binding: Binding | undefined;
}

export class MessageService {
  readonly accepted: AcceptedRequests;
  readonly #context: SipContext;

  constructor(context: SipContext) {
    this.#context = context;
    this.accepted = new AcceptedRequests(context);
  }

  /** Resolves with the final answer. Rejects with `SipError` for what cannot be read. */
  async receive(request: SipRequest, sender: Sender, to: Address): Promise<Answer> {
    const refused = refusedContent(request, this.#context.limits.messageBytes);
    if (refused !== undefined) return refused;
    const key = keyOf(sender.address, request);
    if (this.accepted.has(key)) return this.#durable(key);
    // XEP-0191 §3.3, for both protocols: not to whom one has blocked. Who is blocked is told by the router that nobody is there.
    if (sender.account !== undefined && isBlocked(sender.account, to, '')) return answerTo(refuse('blocked'));
    const envelope = this.#envelope(request, sender, to);
    // So that its rows and its key go into one batch.
    if (this.#context.accounts.peek(to) === undefined) await this.#context.accounts.load(to);
    const submitted = this.#context.router.submit(envelope, sender.account, sender.binding);
    const refusal = submitted instanceof Promise ? await submitted : submitted;
    if (isRefusal(refusal)) return answerTo(refusal);
    this.accepted.add(key);
    return this.#durable(key);
  }

  /** The answer when the batch is on disk. */
  async #durable(key: string): Promise<Answer> {
    try {
      await this.#context.commits.flushed();
    } catch {
      this.accepted.forget(key);
      return { status: 503 };
    }
    return { status: 202 };
  }

  #envelope(request: SipRequest, { address, binding }: Sender, to: Address): Envelope {
    const { clock, limits } = this.#context;
    const time = clock.now();
    const keep = keepOf(request);
    return {
      from: address,
      fromLabel: binding?.label ?? '',
      to,
      toLabel: this.#labelIn(request, to),
      kind: 'normal',
      native: new NativeMessage(request, time),
      time,
      keep: limits.archiving ? keep : { ...keep, archive: false },
      copies: true,
      columns: columnsOf(request),
    };
  }

  /** The session that the URI of the request names: a GRUU's, by its label or its instance (RFC 5627 §3.1, RFC 7247 §5). */
  #labelIn({ target }: SipRequest, to: Address): string {
    const gruu = isSip(target) ? parameterOf(target.parameters, 'gr') : undefined;
    if (gruu === undefined) return '';
    const rows = this.#context.table.sessions(to);
    const named = rows.find((row) => row.label === gruu || instanceOf(row) === `<${gruu}>`);
    return named?.label ?? gruu;
  }
}

const instanceOf = (row: object): string | undefined =>
  'state' in row ? (row.state as Partial<Binding['state']>).instance : undefined;
