// XEP-0060 §7.1.5, §8.2: what a form shows can be submitted and presupposed; what is not ours is ignored, but never presupposed.
import { namespaces } from '@parlance/xmpp/namespaces';
import { type FormValues, readForm, submission } from '@parlance/xmpp/wire/xep-0004.forms';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { configForm, configured, defaultConfig, meets, metadataForm, type NodeConfig } from './node-config.ts';

const config: fc.Arbitrary<NodeConfig> = fc.record({
  title: fc.string(),
  description: fc.string(),
  language: fc.string(),
  type: fc.string(),
  access: fc.constantFrom('open', 'presence', 'roster', 'whitelist'),
  groups: fc.uniqueArray(fc.string(), { maxLength: 5 }).map((groups) => groups.sort()),
  items: fc.integer({ min: 1, max: 1_000 }),
  persist: fc.boolean(),
  deliver: fc.boolean(),
  payloads: fc.boolean(),
  notifyConfig: fc.boolean(),
  notifyDelete: fc.boolean(),
  notifyRetract: fc.boolean(),
  lastItem: fc.constantFrom('never', 'on_sub', 'on_sub_and_presence'),
  style: fc.constantFrom('headline', 'normal'),
});

const read = (form: ReturnType<typeof configForm>): FormValues => {
  const values = readForm(form);
  if (values === undefined) throw new Error('no form');
  return values;
};

const fields = (values: Record<string, string>): FormValues => read(submission(namespaces.pubsubNodeConfig, values));

test('a configuration survives being shown and submitted', () => {
  fc.assert(
    fc.property(config, config, (one, other) => {
      const shown = read(configForm('submit', one, namespaces.pubsubNodeConfig));
      expect(configured(other, shown)).toEqual(one);
      expect(meets(one, shown)).toBe(true);
    }),
  );
});

test('one field that differs is a condition that is not met', () => {
  fc.assert(
    fc.property(config, fc.constantFrom('open', 'presence', 'roster', 'whitelist'), (node, access) => {
      expect(meets(node, fields({ 'pubsub#access_model': access }))).toBe(node.access === access);
    }),
  );
});

test('spellings of one value are one value', () => {
  const node = { ...defaultConfig, items: 1_000, persist: true };
  for (const spelling of ['1', 'true']) expect(meets(node, fields({ 'pubsub#persist_items': spelling }))).toBe(true);
  for (const count of ['max', '1000', '999999']) expect(meets(node, fields({ 'pubsub#max_items': count }))).toBe(true);
  expect(meets(node, fields({ 'pubsub#max_items': '999' }))).toBe(false);
});

test('what is not ours is ignored in a configuration and fails as a condition (XEP-0004 §3.1)', () => {
  const strange = fields({ 'pubsub#unheard_of': '1', 'pubsub#title': 'Musings' });
  expect(configured(defaultConfig, strange)?.title).toBe('Musings');
  expect(meets({ ...defaultConfig, title: 'Musings' }, strange)).toBe(false);
});

test('metadata says who owns the node and what kind it is (XEP-0060 Example 14)', () => {
  const said = read(metadataForm({ ...defaultConfig, title: 'Musings' }, 'hamlet@denmark.lit'));
  expect(said.formType).toBe('http://jabber.org/protocol/pubsub#meta-data');
  expect(said.fields.get('pubsub#owner')).toEqual(['hamlet@denmark.lit']);
  expect(said.fields.get('pubsub#title')).toEqual(['Musings']);
  expect(said.fields.has('pubsub#notify_retract')).toBe(false);
});
