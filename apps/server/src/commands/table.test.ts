// Tables for a terminal: aligned, also with wide characters, and harmless whatever a cell holds.
import { expect, test } from 'vitest';
import { endpoint, table } from './table.ts';

test('columns are as wide as their widest cell; Chinese characters take two places', () => {
  expect(
    table([
      ['地址', 'N'],
      ['a@b', '1'],
      ['用户甲@b', '22'],
    ]),
  ).toEqual(['地址      N', 'a@b       1', '用户甲@b  22']);
});

test('control characters of a peer do not reach the terminal', () => {
  expect(table([['\u001b[2Jx\n', 'y']])).toEqual(['\ufffd[2Jx\ufffd  y']);
});

test('endpoints are written so that the port can be told', () => {
  expect([endpoint({ address: '::1', port: 1 }), endpoint({ address: '127.0.0.1', port: 2 })]).toEqual([
    '[::1]:1',
    '127.0.0.1:2',
  ]);
});
