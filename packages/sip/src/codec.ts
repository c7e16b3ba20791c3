// How one header field is read and written. The type is the codec's; what is read is kept with its message (`message.ts`).
import type { Cursor } from './cursor.ts';

export interface HeaderCodec<T> {
  /** The field's id (`names.ts`). */
  readonly id: string;
  /** Several values may stand in one field, separated by commas (RFC 3261 §7.3.1). */
  readonly list: boolean;
  /** Reads one value and leaves the cursor behind it. Throws `SipError` 400. */
  read(cursor: Cursor): T;
  write(value: T): string;
}
