// What main thread and SQLite worker say to each other. Flat arrays of primitives: cheap to clone (ADR 0003).
import type { Row, SqlValue } from '../driver.ts';

export interface Open {
  readonly file: string;
  readonly role: 'writer' | 'reader' | 'checkpointer';
}

export type Request =
  /** `texts` are statements not sent before, numbered on; `work` is [statement, parameter count, …parameters] repeated. */
  | {
      readonly id: number;
      readonly kind: 'commit';
      readonly texts: readonly string[];
      readonly work: readonly SqlValue[];
    }
  | { readonly id: number; readonly kind: 'read'; readonly sql: string; readonly parameters: readonly SqlValue[] }
  | { readonly id: number; readonly kind: 'checkpoint' | 'close' };

export type Failure = 'full' | 'locked' | 'other';

/** What SQLite's words mean. */
export const failureOf = (message: string): Failure => {
  if (/disk is full|disk I\/O error/i.test(message)) return 'full';
  return /locked|busy/i.test(message) ? 'locked' : 'other';
};

export type Response =
  | { readonly id: number; readonly ok: true; readonly rows: readonly Row[] }
  | { readonly id: number; readonly ok: false; readonly failure: Failure; readonly message: string };
