// Warning: what a status leaves unsaid, for people and logs (RFC 3261 §20.43).
import { isLoose } from '../characters.ts';
import type { HeaderCodec } from '../codec.ts';
import { enquote, unquote } from '../cursor.ts';

export interface Warning {
  /** 300…399; 399 is any warning. */
  readonly code: number;
  /** Who warns: a host, or a name for it. */
  readonly agent: string;
  readonly text: string;
}

export const warning: HeaderCodec<Warning> = {
  id: 'warning',
  list: true,
  read(cursor) {
    const code = cursor.number(999);
    cursor.gap();
    const agent = cursor.run(isLoose) || cursor.fail();
    cursor.gap();
    return { code, agent, text: unquote(cursor.quoted()) };
  },
  write: ({ code, agent, text }) => `${code} ${agent} ${enquote(text)}`,
};
