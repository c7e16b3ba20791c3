// XEP-0059 §2: requests and reports of pages, with the examples of the specification.
import { el } from '@parlance/xml/element';
import { serialise } from '@parlance/xml/serialise';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { namespaces } from '../namespaces.ts';
import { pageReport, pageRequest, readPageReport, readPageRequest } from './xep-0059.rsm.ts';

const query = (set: ReturnType<typeof el>): ReturnType<typeof el> => el('query', 'jabber:iq:search', {}, set);
const everything = { max: undefined, after: undefined, before: undefined, index: undefined };

test('no set asks for nothing special', () => {
  expect(readPageRequest(el('query', 'jabber:iq:search'))).toEqual(everything);
});

test('the last page has an empty before (Example 11)', () => {
  const set = pageRequest({ max: 10, before: '' });
  expect(serialise(set)).toBe(`<set xmlns='${namespaces.rsm}'><max>10</max><before/></set>`);
  expect(readPageRequest(query(set))).toEqual({ ...everything, max: 10, before: '' });
});

test('a number that is none is refused', () => {
  for (const max of ['', '-1', 'ten', '1e3', '99999999999']) {
    expect(readPageRequest(query(el('set', namespaces.rsm, {}, el('max', namespaces.rsm, {}, max))))).toBeUndefined();
  }
});

test('a page reports its ids, place and count (Example 6)', () => {
  const set = pageReport({ first: 'peter@pixyland.org', last: 'peter@rabbit.lit', index: 10, count: 800 });
  expect(serialise(set)).toBe(
    `<set xmlns='${namespaces.rsm}'><first index='10'>peter@pixyland.org</first><last>peter@rabbit.lit</last><count>800</count></set>`,
  );
});

test('an empty page has no ids (Example 7)', () => {
  expect(serialise(pageReport({ count: 790 }))).toBe(`<set xmlns='${namespaces.rsm}'><count>790</count></set>`);
});

test('what is written is read again', () => {
  const number = fc.integer({ min: 0, max: 999_999_999 });
  const id = fc.string({ minLength: 1 });
  fc.assert(
    fc.property(
      fc.record({ max: number, after: id, before: fc.string(), index: number }, { requiredKeys: [] }),
      (request) => {
        expect(readPageRequest(query(pageRequest(request)))).toEqual({ ...everything, ...request });
      },
    ),
  );
  fc.assert(
    fc.property(
      fc.record({ first: id, last: id, index: number, count: number }, { requiredKeys: ['first'] }),
      (report) => {
        expect(readPageReport(query(pageReport(report)))).toEqual(report);
      },
    ),
  );
});
