// The package `presence`: one contact list decides, one document for all who are allowed (RFC 3856; RFC 8048 §5.3).
import { HookPoint } from '@parlance/base/hook';
import type { Account } from '@parlance/core/account';
import { isBlocked } from '@parlance/core/blocking';
import type { Address } from '@parlance/core/ids';
import { writePresence } from '@parlance/sip/presence/write';
import { closedDocument, composeDocument } from './compose.ts';
import type { EventContext } from './context.ts';
import type { EventPackage, EventState, Standing, Watching } from './package.ts';
import type { PhoneLines } from './phone-lines.ts';

type Context = Pick<EventContext, 'board' | 'contacts' | 'random' | 'tupleOf'>;

/** Documents kept for who asks next; all are thrown away when there are more. */
const most = 10_000;

export class PresencePackage implements EventPackage {
  readonly name = 'presence';
  readonly type = 'application/pidf+xml';
  readonly seconds = 3_600;
  readonly onChange = new HookPoint<Address>('presence to be told');
  readonly #context: Context;
  readonly #lines: PhoneLines;
  /** What is told now, made once however many are told. */
  readonly #told = new Map<Address, EventState>();

  constructor(context: Context, lines: PhoneLines) {
    this.#context = context;
    this.#lines = lines;
    context.board.onChange.on('act', ({ source }) => {
      const { address } = source.account;
      this.#told.delete(address);
      this.onChange.run(address);
      return undefined;
    });
  }

  /** Of an address that nobody has it is as of one that has not decided: nothing tells which there are (ADR 0006). */
  standing(owner: Account | null, address: Address, watcher: Address): Standing {
    if (address === watcher) return 'active';
    const permission = owner?.view.contacts.get(watcher)?.permission ?? 'none';
    if (permission === 'block') return 'refused';
    if (permission !== 'allow' && permission !== 'polite-block') return 'pending';
    return permission === 'polite-block' || (owner !== null && isBlocked(owner, watcher, '')) ? 'closed' : 'active';
  }

  /** To watch somebody is to be interested in him: both lists say so, and he is asked (RFC 8048 §5.3.1). */
  begin(watcher: Account, owner: Account | null, address: Address): unknown {
    if (owner === watcher) return undefined;
    const interest = watcher.view.contacts.get(address)?.interest ?? 'none';
    const permission = owner?.view.contacts.get(watcher.address)?.permission ?? 'none';
    return interest === 'none' || permission === 'none' ? this.#context.contacts.ask(watcher, address) : undefined;
  }

  state({ address, standing }: Watching): EventState {
    if (standing === 'closed') return { body: writePresence(closedDocument(address)), tag: 'closed' };
    const known = this.#told.get(address);
    if (known !== undefined) return known;
    const document = composeDocument({
      address,
      lines: this.#context.board.of(address),
      published: (source) => this.#lines.published(source)?.document,
      tupleOf: this.#context.tupleOf,
    });
    const state = { body: writePresence(document), tag: this.#context.random.token(64) };
    if (this.#told.size >= most) this.#told.clear();
    this.#told.set(address, state);
    return state;
  }
}
