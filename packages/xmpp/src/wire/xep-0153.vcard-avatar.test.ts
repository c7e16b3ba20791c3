// XEP-0153 §4.2: a hash, no photo, and not knowing are three things.
import { parseDocument } from '@parlance/xml/document';
import { serialise } from '@parlance/xml/serialise';
import { expect, test } from 'vitest';
import { photoHashOf, withPhotoHash } from './xep-0153.vcard-avatar.ts';

const presence = (inside: string): ReturnType<typeof parseDocument> =>
  parseDocument(`<presence xmlns='jabber:client'><show>away</show>${inside}</presence>`);

test('the hash is read (Examples 4, 7, 8)', () => {
  expect(photoHashOf(presence("<x xmlns='vcard-temp:x:update'><photo> 01b8 </photo></x>"))).toBe('01b8');
  expect(photoHashOf(presence("<x xmlns='vcard-temp:x:update'><photo/></x>"))).toBe('');
  expect(photoHashOf(presence("<x xmlns='vcard-temp:x:update'/>"))).toBeUndefined();
  expect(photoHashOf(presence(''))).toBeUndefined();
});

test('a hash takes the place of what was said before', () => {
  const update = "<x xmlns='vcard-temp:x:update'><photo>01b8</photo></x>";
  const expected = `<presence xmlns='jabber:client'><show>away</show>${update}</presence>`;
  expect(serialise(withPhotoHash(presence("<x xmlns='vcard-temp:x:update'/>"), '01b8'))).toBe(expected);
  expect(photoHashOf(withPhotoHash(presence(update), ''))).toBe('');
});
