// XEP-0004 §3, §5: forms read as they are written, within bounds.
import { parseDocument } from '@parlance/xml/document';
import { el } from '@parlance/xml/element';
import { serialise } from '@parlance/xml/serialise';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { namespaces } from '../namespaces.ts';
import { formElement, formOf, readBoolean, readForm, submission } from './xep-0004.forms.ts';

test('a submission of the specification is read (§5.1)', () => {
  const x = parseDocument(`<x xmlns='jabber:x:data' type='submit'>
      <field type='hidden' var='FORM_TYPE'><value>jabber:bot</value></field>
      <field type='text-single' var='botname'><value>The Jabber Google Bot</value></field>
      <field type='boolean' var='public'><value>0</value></field>
      <field type='list-multi' var='features'><value>news</value><value>search</value></field>
      <field type='fixed'><value>Section 1: Bot Info</value></field>
    </x>`);
  const form = readForm(x);
  expect(form?.type).toBe('submit');
  expect(form?.formType).toBe('jabber:bot');
  expect(form?.fields.get('features')).toEqual(['news', 'search']);
  expect(readBoolean(form?.fields.get('public')?.[0])).toBe(false);
  expect(form?.fields.size).toBe(4);
});

test('a form with options is written as the specification writes it (§5.1)', () => {
  const form = formElement(
    'form',
    'jabber:bot',
    [
      {
        name: 'maxsubs',
        type: 'list-single',
        label: 'Maximum number of subscribers',
        required: true,
        values: ['20'],
        options: [{ value: '10', label: '10' }, { value: '20' }],
      },
    ],
    { title: 'Bot Configuration', instructions: 'Fill out this form' },
  );
  expect(serialise(form)).toBe(
    "<x xmlns='jabber:x:data' type='form'><title>Bot Configuration</title><instructions>Fill out this form</instructions>" +
      "<field var='FORM_TYPE' type='hidden'><value>jabber:bot</value></field>" +
      "<field var='maxsubs' type='list-single' label='Maximum number of subscribers'><required/><value>20</value>" +
      "<option label='10'><value>10</value></option><option><value>20</value></option></field></x>",
  );
});

test('what is no form is none', () => {
  expect(readForm(undefined)).toBeUndefined();
  expect(readForm(el('x', namespaces.data))).toBeUndefined();
  expect(readForm(el('x', namespaces.data, { type: 'other' }))).toBeUndefined();
  expect(readForm(el('x', 'jabber:x:other', { type: 'form' }))).toBeUndefined();
  expect(formOf(el('query', 'jabber:iq:search'))).toBeUndefined();
});

test('booleans have four spellings (§3.3)', () => {
  expect(['0', 'false', '1', 'true', 'yes', ''].map(readBoolean)).toEqual([
    false,
    false,
    true,
    true,
    undefined,
    undefined,
  ]);
});

test('a form is bounded', () => {
  const many = (fields: number, values: number): ReturnType<typeof readForm> =>
    readForm(
      submission(
        '',
        Object.fromEntries(
          Array.from({ length: fields }, (_, n) => [`f${n}`, Array.from({ length: values }, () => '')]),
        ),
      ),
    );
  expect(many(200, 1)?.fields.size).toBe(200);
  expect(many(201, 1)).toBeUndefined();
  expect(many(1, 1_001)).toBeUndefined();
});

test('what is written is read again, whatever the names', () => {
  fc.assert(
    fc.property(
      fc.uniqueArray(fc.tuple(fc.string(), fc.array(fc.string(), { maxLength: 5 })), {
        maxLength: 20,
        selector: ([name]) => name,
      }),
      (fields) => {
        fc.pre(fields.every(([name]) => name !== 'FORM_TYPE'));
        const x = formElement(
          'submit',
          'test',
          fields.map(([name, values]) => ({ name, values })),
        );
        const form = formOf(el('pubsub', namespaces.pubsub, {}, x));
        expect(form?.formType).toBe('test');
        for (const [name, values] of fields) expect(form?.fields.get(name)).toEqual(values);
      },
    ),
  );
});
