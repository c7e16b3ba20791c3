// XEP-0054, XEP-0153: the photo of a vCard is read, replaced and removed, the rest stays.
import { parseDocument } from '@parlance/xml/document';
import { serialise } from '@parlance/xml/serialise';
import { expect, test } from 'vitest';
import { photoElement, photoOf, withPhoto } from './xep-0054.vcard.ts';

const card = (photo: string): ReturnType<typeof parseDocument> =>
  parseDocument(`<vCard xmlns='vcard-temp'><FN>Juliet</FN>${photo}<NICKNAME>jc</NICKNAME></vCard>`);

test('a photo is read, line feeds or not (XEP-0153 Example 6)', () => {
  const photo = '<PHOTO><TYPE>image/jpeg</TYPE><BINVAL>\n  aGVs\n  bG8=\n</BINVAL></PHOTO>';
  expect(photoOf(card(photo))).toEqual({ type: 'image/jpeg', data: 'aGVsbG8=' });
  expect(photoOf(card('<PHOTO><BINVAL>aGVs</BINVAL></PHOTO>'))).toEqual({ type: '', data: 'aGVs' });
  for (const none of ['', '<PHOTO/>', '<PHOTO><EXTVAL>http://example.org/photo</EXTVAL></PHOTO>'])
    expect(photoOf(card(none))).toBeUndefined();
});

test('a photo takes the place of another, and the rest stays', () => {
  const photo = photoElement({ type: 'image/png', data: 'aGVs' });
  const text = '<PHOTO><TYPE>image/png</TYPE><BINVAL>aGVs</BINVAL></PHOTO>';
  expect(serialise(withPhoto(card('<PHOTO/>'), photo))).toBe(
    `<vCard xmlns='vcard-temp'><FN>Juliet</FN><NICKNAME>jc</NICKNAME>${text}</vCard>`,
  );
  expect(serialise(withPhoto(card(text), undefined))).toBe(serialise(card('')));
});
