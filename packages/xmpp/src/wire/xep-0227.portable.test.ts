// XEP-0227: the specification's own credentials are read and written; block lists go through privacy lists.
import { parseDocument } from '@parlance/xml/document';
import { serialise } from '@parlance/xml/serialise';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { denyList, includedFile, includeElement, readDenied, readScram, scramElement } from './xep-0227.portable.ts';

const example = `<scram-credentials xmlns='urn:xmpp:pie:0#scram' mechanism='SCRAM-SHA-1'>
        <iter-count>100000</iter-count>
        <salt>TmFDbE5hQ2xOYUNsTmFDbE5hQ2xOYUNsTmFDbE5hQ2xOYUNsTmFDbE5hQ2wK</salt>
        <server-key>0pXWGK0GZJ6TR73AIUN3ITYtA1g=</server-key>
        <stored-key>Q6qT/SbybblGCZz8e8eSfCJOQic=</stored-key>
      </scram-credentials>`;

test('credentials are read (Example 4) and written as they were', () => {
  const read = readScram(parseDocument(example));
  expect([read?.mechanism, read?.rounds, read?.serverKey.length]).toEqual(['SCRAM-SHA-1', 100_000, 20]);
  if (read === undefined) throw new Error('not read');
  expect(serialise(scramElement(read))).toBe(example.replace(/>\s+</g, '><'));
});

test.each([
  ['100000', '0'],
  ['100000', '010'],
  ['100000', '99999999'],
  ['100000', 'many'],
  ['TmFD', '@@'],
  ["mechanism='SCRAM-SHA-1'", ''],
  ['0pXWGK0GZJ6TR73AIUN3ITYtA1g=', 'AAAA'],
  ['<stored-key>Q6qT/SbybblGCZz8e8eSfCJOQic=</stored-key>', ''],
])('credentials with %s as %s are none', (from, to) => {
  expect(readScram(parseDocument(example.replace(from, to)))).toBeUndefined();
});

test('a block list survives', () => {
  const blocked = ['tybalt@capulet.example', 'montague.example', 'romeo@montague.example/orchard'];
  expect(readDenied(parseDocument(serialise(denyList(blocked))))).toEqual({ addresses: blocked, whole: true });
  expect(readDenied(denyList([]))).toEqual({ addresses: [], whole: true });
});

test('of a privacy list only what a block list can say is taken, and the rest is told (Example 9)', () => {
  const list = (name: string, items: string): string => `<list name='${name}'>${items}</list>`;
  const deny = "<item type='jid' value='tybalt@example.com' action='deny' order='1'/>";
  const read = (content: string) => readDenied(parseDocument(`<query xmlns='jabber:iq:privacy'>${content}</query>`));
  const chosen = "<default name='public'/>";
  expect(read(chosen + list('public', `${deny}<item action='allow' order='2'/>`))).toEqual({
    addresses: ['tybalt@example.com'],
    whole: false,
  });
  expect(read(chosen + list('public', deny.replace('/>', '><message/></item>')))).toEqual({
    addresses: [],
    whole: false,
  });
  expect(read(list('private', deny)).addresses).toEqual([]);
});

test('files are included by any relative name, and by nothing else (§5)', () => {
  fc.assert(
    fc.property(fc.string(), (href) => {
      expect(includedFile(includeElement(href))).toBe(href);
    }),
  );
  const include = (attributes: string): string | undefined =>
    includedFile(parseDocument(`<include xmlns='http://www.w3.org/2001/XInclude' href='a' ${attributes}/>`));
  expect(include('')).toBe('a');
  expect(include("parse='text'")).toBeUndefined();
  expect(include("xpointer='b'")).toBeUndefined();
});
