// Which sessions a message goes to, and what happens when there are none: one neutral table (RFC 6121 §8.5, ADR 0007).
import type { Envelope, MessageKind } from './envelope.ts';
import type { Session } from './session.ts';

/** What to do when nobody takes a message: wait in the mailbox, say no, or drop it silently. */
export type Otherwise = 'store' | 'refuse' | 'ignore';

interface Rule {
  /** The addressed session is not there: treat as addressed to the account, or give up (RFC 6121 §8.5.3.2.1). */
  readonly missed: 'account' | Otherwise;
  /** Addressed to the account, which has no session that takes messages (RFC 6121 §8.5.2.2.1). */
  readonly nobody: Otherwise;
  /** False when only an addressed session may get it (RFC 6121 §8.5.2.1.1, groupchat and error). */
  readonly account: boolean;
}

const rules: Readonly<Record<MessageKind, Rule>> = {
  chat: { missed: 'account', nobody: 'store', account: true },
  normal: { missed: 'refuse', nobody: 'store', account: true },
  headline: { missed: 'ignore', nobody: 'ignore', account: true },
  group: { missed: 'refuse', nobody: 'refuse', account: false },
  error: { missed: 'ignore', nobody: 'ignore', account: false },
};

export interface Choice {
  /** The sessions that get the message itself. */
  readonly chosen: readonly Session[];
  readonly otherwise: Otherwise;
}

/** A session takes messages for the account while it is available with a priority of zero or more (RFC 6121 §8.5.2.1). */
const takesMessages = (session: Session): boolean => (session.availability?.priority ?? -1) >= 0;

/** Chooses among an account's sessions. All that take messages get it, so that no device is guessed to be the right one. */
export const choose = (envelope: Envelope, sessions: readonly Session[]): Choice => {
  const rule = rules[envelope.kind];
  if (envelope.toLabel !== '') {
    const hit = sessions.find((session) => session.label === envelope.toLabel);
    if (hit !== undefined) return { chosen: [hit], otherwise: rule.nobody };
    if (rule.missed !== 'account') return { chosen: [], otherwise: rule.missed };
  }
  return { chosen: rule.account ? sessions.filter(takesMessages) : [], otherwise: rule.nobody };
};
