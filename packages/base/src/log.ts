// The port of logging: structured records, no user data inside the message text.

export type LogLevel = 'debug' | 'info' | 'warn' | 'error';

export interface Log {
  debug(event: string, fields?: Readonly<Record<string, unknown>>): void;
  info(event: string, fields?: Readonly<Record<string, unknown>>): void;
  warn(event: string, fields?: Readonly<Record<string, unknown>>): void;
  error(event: string, fields?: Readonly<Record<string, unknown>>): void;
  /** A log whose records all carry these fields. */
  with(fields: Readonly<Record<string, unknown>>): Log;
}

const nothing = (): void => undefined;

/** A log that keeps nothing. */
export const silent: Log = { debug: nothing, info: nothing, warn: nothing, error: nothing, with: () => silent };
