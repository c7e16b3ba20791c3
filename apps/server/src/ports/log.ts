// The log behind the port: one JSON line a record (pino), written at once, without secrets, its level changeable while running.
import type { Log, LogLevel } from '@parlance/base/log';
import { type DestinationStream, destination, type Logger, type LoggerOptions, pino, stdSerializers } from 'pino';

/** The log of a process. What `with` made follows its level. */
export interface ServerLog extends Log {
  setLevel(level: LogLevel): void;
}

const ranks: Readonly<Record<LogLevel, number>> = { debug: 20, info: 30, warn: 40, error: 50 };

const secrets = ['password', 'secret', 'token', 'authorization', 'verifier', 'credential', 'credentials'];

const options: LoggerOptions = {
  level: 'debug',
  base: null,
  redact: { paths: [...secrets, ...secrets.map((key) => `*.${key}`)], censor: '[hidden]' },
  serializers: { error: stdSerializers.err },
  formatters: { level: (label) => ({ level: label }) },
};

type Fields = Readonly<Record<string, unknown>>;

const over = (logger: Logger, threshold: { rank: number }): Log => {
  const write =
    (level: LogLevel) =>
    (event: string, fields: Fields = {}): void => {
      if (ranks[level] >= threshold.rank) logger[level](fields, event);
    };
  return {
    debug: write('debug'),
    info: write('info'),
    warn: write('warn'),
    error: write('error'),
    with: (fields) => over(logger.child(fields), threshold),
  };
};

/** Standard error; a line that cannot be written there, for want of space or of a reader, ends nothing. */
const standardError = (): DestinationStream => destination({ fd: 2, sync: true }).on('error', () => undefined);

/** A log to standard error, or to `to`. */
export const makeLog = (level: LogLevel, to: DestinationStream = standardError()): ServerLog => {
  const threshold = { rank: ranks[level] };
  return {
    ...over(pino(options, to), threshold),
    setLevel: (wanted) => {
      threshold.rank = ranks[wanted];
    },
  };
};
