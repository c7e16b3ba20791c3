// The log: structured, without secrets, its level changeable for all that share it.
import { expect, test } from 'vitest';
import { makeLog, type ServerLog } from './log.ts';

const house = (): { log: ServerLog; records: () => Record<string, unknown>[] } => {
  const lines: string[] = [];
  const log = makeLog('info', { write: (line: string) => void lines.push(line) });
  return { log, records: () => lines.map((line) => JSON.parse(line) as Record<string, unknown>) };
};

test('a record is one JSON line with level, time, event and fields', () => {
  const { log, records } = house();
  log.with({ session: 's1' }).info('session bound', { account: 7 });
  expect(records()).toEqual([
    { level: 'info', time: expect.any(Number) as number, session: 's1', account: 7, msg: 'session bound' },
  ]);
});

test('an error is written with its stack', () => {
  const { log, records } = house();
  log.error('commit failed', { error: new Error('disk full') });
  expect(records()[0]?.['error']).toMatchObject({
    message: 'disk full',
    stack: expect.stringContaining('log.test') as string,
  });
});

test('secrets do not reach the log', () => {
  const { log, records } = house();
  log.warn('odd', { password: 'x1', user: { secret: 'x2', name: 'romeo' } });
  log.with({ token: 'x3' }).warn('odd');
  expect(JSON.stringify(records())).not.toMatch(/x[123]/);
  expect(records()[0]?.['user']).toEqual({ secret: '[hidden]', name: 'romeo' });
});

test('a change of level reaches logs that were made before', () => {
  const { log, records } = house();
  const part = log.with({ part: 'xmpp' });
  part.debug('unseen');
  log.setLevel('debug');
  part.debug('seen');
  log.setLevel('error');
  part.warn('unseen');
  expect(records().map(({ msg }) => msg)).toEqual(['seen']);
});
