// XEP-0441 §2: preferences are read as they are written, with the examples of the specification.
import { parseDocument } from '@parlance/xml/document';
import { serialise } from '@parlance/xml/serialise';
import { expect, test } from 'vitest';
import { namespaces } from '../namespaces.ts';
import { preferencesElement, readPreferences } from './xep-0441.preferences.ts';

const parse = (text: string): ReturnType<typeof readPreferences> =>
  readPreferences(parseDocument(text, undefined, namespaces.mam));

test('lists are there even when they are empty (Example 2)', () => {
  expect(serialise(preferencesElement({ byDefault: 'roster', always: [], never: [] }))).toBe(
    "<prefs xmlns='urn:xmpp:mam:2' default='roster'><always/><never/></prefs>",
  );
});

test('what is written is read again (Example 4)', () => {
  const text =
    "<prefs xmlns='urn:xmpp:mam:2' default='roster'><always><jid>romeo@montague.lit</jid></always>" +
    '<never><jid>montague@montague.lit/hall</jid></never></prefs>';
  const preferences = parse(text);
  expect(preferences?.always).toEqual([{ local: 'romeo', domain: 'montague.lit', resource: '' }]);
  expect(preferences === undefined ? '' : serialise(preferencesElement(preferences))).toBe(text);
});

test('missing lists are empty; nonsense is refused', () => {
  expect(parse("<prefs default='never'/>")).toEqual({ byDefault: 'never', always: [], never: [] });
  expect(parse('<prefs/>')).toBeUndefined();
  expect(parse("<prefs default='sometimes'/>")).toBeUndefined();
  expect(parse("<prefs default='never'><always><jid>@</jid></always></prefs>")).toBeUndefined();
});
