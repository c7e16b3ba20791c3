// Two user agents on one clock, each with a transaction layer, and a network between them that tests may damage.
import type { Clock } from '@parlance/base/clock';
import type { TransportName } from '../flow.ts';
import { isRequest, type SipMessage, type SipRequest } from '../message.ts';
import { Transactions } from '../transaction/transactions.ts';
import { counting } from './counting.ts';
import { MemoryFlow } from './memory-flow.ts';

export interface Side {
  readonly flow: MemoryFlow;
  readonly transactions: Transactions;
  /** Gets what no transaction absorbs. */
  onRequest: (request: SipRequest) => void;
  onStray: (message: SipMessage) => void;
}

export interface Pair {
  readonly near: Side;
  readonly far: Side;
  /** The delays of the copies of a message, by its number; none when it is lost. A millisecond if not set. */
  fate: (message: SipMessage, count: number) => readonly number[];
  /** Every message that was sent, in order: time, direction, method or status. */
  readonly log: string[];
}

const side = (clock: Clock, transport: TransportName, name: string): Side => {
  const made: Side = {
    flow: new MemoryFlow(clock, transport, name),
    transactions: new Transactions({
      clock,
      random: counting(name),
      user: { stray: (message) => made.onStray(message) },
    }),
    onRequest: () => undefined,
    onStray: () => undefined,
  };
  return made;
};

export const pair = (clock: Clock, transport: TransportName): Pair => {
  const [near, far] = [side(clock, transport, 'near'), side(clock, transport, 'far')];
  const made: Pair = { near, far, fate: () => [1], log: [] };
  let count = 0;
  const join = (from: Side, to: Side, arrow: string): void => {
    from.flow.onSend = (message) => {
      made.log.push(`${clock.monotonic()} ${arrow} ${isRequest(message) ? message.method : message.status}`);
      for (const delay of made.fate(message, count++))
        clock.after(delay, () => {
          if (!to.transactions.absorb(message, to.flow) && isRequest(message)) to.onRequest(message);
        });
    };
  };
  join(near, far, '→');
  join(far, near, '←');
  return made;
};
