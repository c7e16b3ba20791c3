// XEP-0313 §4, §5: queries, results and their ends, with the examples of the specification.
import { isRefusal } from '@parlance/base/refusal';
import { parseDocument } from '@parlance/xml/document';
import { type Element, el, equal } from '@parlance/xml/element';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { namespaces } from '../namespaces.ts';
import {
  archiveForm,
  archiveQuery,
  finElement,
  metadataElement,
  readArchiveQuery,
  readArchiveResult,
  readFin,
  readMetadata,
} from './xep-0313.archive.ts';

const query = (content: string): Element =>
  parseDocument(`<query xmlns='urn:xmpp:mam:2' queryid='f27'>${content}</query>`);
const form = (fields: string): string =>
  `<x xmlns='jabber:x:data' type='submit'><field var='FORM_TYPE' type='hidden'><value>urn:xmpp:mam:2</value></field>${fields}</x>`;
const field = (name: string, ...values: readonly string[]): string =>
  `<field var='${name}'>${values.map((value) => `<value>${value}</value>`).join('')}</field>`;
const nothing = { max: undefined, after: undefined, before: undefined, index: undefined };

test('a query for everything (Example 2)', () => {
  expect(readArchiveQuery(query(''))).toEqual({ queryId: 'f27', page: nothing, flip: false });
});

test('all fields of the specification (Examples 6, 7, 10, 11, 13, 24)', () => {
  const fields = [
    field('with', 'juliet@capulet.lit'),
    field('start', '2010-06-07T00:00:00Z'),
    field('end', '2010-07-07T13:23:54Z'),
    field('after-id', '28482-98726-73623'),
    field('before-id', '09af3-cc343-b409f'),
    field('ids', '1', '2'),
    field('include-groupchat', 'false'),
  ];
  const set =
    "<set xmlns='http://jabber.org/protocol/rsm'><max>10</max><after>09af3-cc343-b409f</after></set><flip-page/>";
  expect(readArchiveQuery(query(form(fields.join('')) + set))).toEqual({
    with: { local: 'juliet', domain: 'capulet.lit', resource: '' },
    start: Date.UTC(2010, 5, 7),
    end: Date.UTC(2010, 6, 7, 13, 23, 54),
    afterId: '28482-98726-73623',
    beforeId: '09af3-cc343-b409f',
    ids: ['1', '2'],
    queryId: 'f27',
    page: { ...nothing, max: 10, after: '09af3-cc343-b409f' },
    flip: true,
  });
});

test('unknown fields are not implemented (§4.1.5), malformed ones are bad', () => {
  const refused = (content: string): unknown => {
    const answer = readArchiveQuery(query(content));
    return isRefusal(answer) ? answer.refused : answer;
  };
  expect(refused(form(field('{http://example.com/}free-text-search', 'Juliet')))).toBe('not-implemented');
  for (const bad of [
    form(field('start', 'yesterday')),
    form(field('with', '@')),
    form(field('with', 'a@b', 'c@d')),
    form(field('after-id', '')),
    form(field('include-groupchat', 'perhaps')),
    "<x xmlns='jabber:x:data' type='submit'><field var='with'><value>a@b</value></field></x>",
    "<x xmlns='jabber:x:data'/>",
    "<set xmlns='http://jabber.org/protocol/rsm'><max>ten</max></set>",
  ])
    expect(refused(bad)).toBe('bad-request');
});

test('a query is read as it was written', () => {
  const id = fc.string({ minLength: 1 });
  const time = fc.integer({ min: 0, max: 4_102_444_800_000 });
  const conditions = fc.record(
    {
      with: fc.constantFrom('romeo@montague.lit', 'romeo@montague.lit/orchard', 'shakespeare.lit'),
      start: time,
      end: time,
      beforeId: id,
      afterId: id,
      ids: fc.array(id, { maxLength: 5 }),
    },
    { requiredKeys: [] },
  );
  fc.assert(
    fc.property(conditions, fc.option(id, { nil: undefined }), fc.boolean(), fc.nat(), (asked, queryId, flip, max) => {
      const { with: jid, ...rest } = asked;
      const [bare = '', resource = ''] = jid?.split('/') ?? [];
      const [domain = '', local = ''] = bare.split('@').toReversed();
      const wanted = jid === undefined ? rest : { ...rest, with: { local, domain, resource } };
      const page = { ...nothing, max: max % 1_000_000_000 };
      expect(readArchiveQuery(archiveQuery({ ...wanted, queryId, page, flip }))).toEqual({
        ...wanted,
        queryId,
        page,
        flip,
      });
    }),
  );
});

test('a result carries the message, its time and its id (Example 3)', () => {
  const message = parseDocument(`<message xmlns='jabber:client' id='aeb213' to='juliet@capulet.lit/chamber'>
    <result xmlns='urn:xmpp:mam:2' queryid='f27' id='28482-98726-73623'><forwarded xmlns='urn:xmpp:forward:0'>
    <delay xmlns='urn:xmpp:delay' stamp='2010-07-10T23:08:25Z'/>
    <message xmlns='jabber:client' from='witch@shakespeare.lit' to='macbeth@shakespeare.lit'><body>Hail to thee</body></message>
    </forwarded></result></message>`);
  const result = readArchiveResult(message);
  expect([result?.id, result?.queryId, result?.time]).toEqual([
    '28482-98726-73623',
    'f27',
    Date.UTC(2010, 6, 10, 23, 8, 25),
  ]);
  expect(result?.stanza.childText('body')).toBe('Hail to thee');
  expect(readArchiveResult(el('message', namespaces.client))).toBeUndefined();
});

test('the end of a page, complete or not (Examples 19, 22)', () => {
  const end = { complete: true, page: { first: '23452-4534-1', last: '390-2342-22', index: 0, count: 16 } };
  expect(readFin(finElement(end))).toEqual(end);
  expect(finElement({ complete: false, page: {} }).attr('complete')).toBeUndefined();
});

test('metadata, also of an empty archive (Example 26)', () => {
  const example = parseDocument(
    `<metadata xmlns='urn:xmpp:mam:2'><start id='YWxwaGEg' timestamp='2008-08-22T21:09:04.000Z'/>` +
      `<end id='b21lZ2Eg' timestamp='2020-04-20T14:34:21.000Z'/></metadata>`,
  );
  expect(equal(metadataElement(readMetadata(example)), example)).toBe(true);
  expect(readMetadata(metadataElement({}))).toEqual({});
});

test('the form has the mandatory fields, none required, and an open list of ids (Example 15)', () => {
  const fields = archiveForm().child('x', namespaces.data)?.elements() ?? [];
  expect(fields.map((each) => `${each.attr('var')} ${each.attr('type')}`)).toEqual([
    'FORM_TYPE hidden',
    'with jid-single',
    'start text-single',
    'end text-single',
    'before-id text-single',
    'after-id text-single',
    'ids list-multi',
    'include-groupchat boolean',
  ]);
  expect(fields.some((each) => each.child('required') !== undefined)).toBe(false);
  expect(fields[6]?.child('validate', namespaces.dataValidate)?.child('open')).toBeDefined();
});
