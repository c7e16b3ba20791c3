// XEP-0077 §3: requests are read as the specification writes them.
import { parseDocument } from '@parlance/xml/document';
import { serialise } from '@parlance/xml/serialise';
import { expect, test } from 'vitest';
import { namespaces } from '../namespaces.ts';
import {
  readRegistration,
  registrationFields,
  registrationForm,
  registrationRemoval,
} from './xep-0077.registration.ts';

const query = (content: string): ReturnType<typeof readRegistration> =>
  readRegistration(parseDocument(`<query>${content}</query>`, undefined, namespaces.register));

test('the form for somebody new, and for somebody known (Examples 2, 3)', () => {
  expect(serialise(registrationForm('Choose.'))).toBe(
    "<query xmlns='jabber:iq:register'><instructions>Choose.</instructions><username/><password/></query>",
  );
  expect(serialise(registrationForm('Change.', 'juliet'))).toBe(
    "<query xmlns='jabber:iq:register'><registered/><instructions>Change.</instructions><username>juliet</username><password/></query>",
  );
});

test('fields come as they were typed, missing ones empty (Examples 4, 18)', () => {
  expect(readRegistration(registrationFields('bill', 'Calliope'))).toEqual({
    kind: 'fields',
    username: 'bill',
    password: 'Calliope',
  });
  expect(query('<username>bill</username>')).toEqual({ kind: 'fields', username: 'bill', password: '' });
});

test('who leaves says nothing else (Example 11, Table 1)', () => {
  expect(readRegistration(registrationRemoval())).toEqual({ kind: 'remove' });
  expect(query('<remove/><username>bill</username>')).toBeUndefined();
});
