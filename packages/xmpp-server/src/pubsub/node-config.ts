// The configuration of a node: its fields as forms show, submit and presuppose them (XEP-0060 §7.1.5, §8.2, §16.4.4; XEP-0163 §5).
import type { Element } from '@parlance/xml/element';
import { namespaces } from '@parlance/xmpp/namespaces';
import {
  type Field,
  type FormTexts,
  type FormType,
  type FormValues,
  formElement,
  readBoolean,
} from '@parlance/xmpp/wire/xep-0004.forms';

/** Who may read a node (§4.5); `authorize` is not offered: nobody would be asked. */
const accessModels = ['open', 'presence', 'roster', 'whitelist'] as const;
export type AccessModel = (typeof accessModels)[number];

const lastItemRules = ['never', 'on_sub', 'on_sub_and_presence'] as const;

export interface NodeConfig {
  readonly title: string;
  readonly description: string;
  readonly language: string;
  /** The namespace that payloads must have, '' for any (§7.1.3.6). */
  readonly type: string;
  readonly access: AccessModel;
  /** Roster groups that may read, with `roster` access. */
  readonly groups: readonly string[];
  /** 1…`maxItems`. */
  readonly items: number;
  readonly persist: boolean;
  readonly deliver: boolean;
  readonly payloads: boolean;
  readonly notifyConfig: boolean;
  readonly notifyDelete: boolean;
  readonly notifyRetract: boolean;
  readonly lastItem: (typeof lastItemRules)[number];
  readonly style: 'headline' | 'normal';
}

/** Items that a node keeps at most: what `max` means (§16.4.4). */
const maxItems = 1_000;

/** UTF-16 units of a text field. */
const maxText = 1_023;

/** XEP-0163 §5: presence, payloads, last item on presence; one item (a singleton node, XEP-0060 §12.21). */
export const defaultConfig: NodeConfig = {
  title: '',
  description: '',
  language: '',
  type: '',
  access: 'presence',
  groups: [],
  items: 1,
  persist: true,
  deliver: true,
  payloads: true,
  notifyConfig: false,
  notifyDelete: true,
  notifyRetract: true,
  lastItem: 'on_sub_and_presence',
  style: 'headline',
};

interface Rule {
  readonly name: string;
  readonly field: Omit<Field, 'name' | 'values'>;
  readonly write: (config: NodeConfig) => readonly string[];
  /** The configuration with these values; undefined when they are not acceptable. */
  readonly read: (config: NodeConfig, values: readonly string[]) => NodeConfig | undefined;
}

type KeyOf<Value> = { [Key in keyof NodeConfig]: NodeConfig[Key] extends Value ? Key : never }[keyof NodeConfig];

const flag = (name: string, key: KeyOf<boolean>, label: string): Rule => ({
  name,
  field: { type: 'boolean', label },
  write: (config) => [config[key] ? '1' : '0'],
  read: (config, [value]) => {
    const said = readBoolean(value);
    return said === undefined ? undefined : { ...config, [key]: said };
  },
});

const text = (name: string, key: 'title' | 'description' | 'language' | 'type', label: string): Rule => ({
  name,
  field: { type: 'text-single', label },
  write: (config) => (config[key] === '' ? [] : [config[key]]),
  read: (config, [value = '']) => (value.length > maxText ? undefined : { ...config, [key]: value }),
});

const choice = <Key extends 'access' | 'lastItem' | 'style'>(
  name: string,
  key: Key,
  options: readonly NodeConfig[Key][],
  label: string,
): Rule => ({
  name,
  field: { type: 'list-single', label, options: options.map((value) => ({ value })) },
  write: (config) => [config[key]],
  read: (config, [value]) => {
    const chosen = options.find((option) => option === value);
    return chosen === undefined ? undefined : { ...config, [key]: chosen };
  },
});

/** A field that every node of an account has with one value only. */
const constant = (name: string, value: string, field: Rule['field']): Rule => ({
  name,
  field,
  write: () => [value],
  read: (config, [said]) =>
    said === value || (field.type === 'boolean' && readBoolean(said) === readBoolean(value)) ? config : undefined,
});

/** `max` and what is above our own maximum mean the maximum (§16.4.4). */
const itemCount: Rule = {
  name: 'pubsub#max_items',
  field: { type: 'text-single', label: 'Max # of items to persist, or `max`' },
  write: ({ items }) => [items === maxItems ? 'max' : String(items)],
  read: (config, [value = '']) => {
    if (value === 'max') return { ...config, items: maxItems };
    return /^[1-9]\d{0,8}$/.test(value) ? { ...config, items: Math.min(Number(value), maxItems) } : undefined;
  },
};

const rosterGroups: Rule = {
  name: 'pubsub#roster_groups_allowed',
  field: { type: 'list-multi', label: 'Roster groups allowed to subscribe' },
  write: ({ groups }) => groups,
  read: (config, values) =>
    values.length > 100 || values.some((value) => value.length > maxText)
      ? undefined
      : { ...config, groups: [...new Set(values)].sort() },
};

const rules: readonly Rule[] = [
  text('pubsub#title', 'title', 'A friendly name for the node'),
  text('pubsub#description', 'description', 'A description of the node'),
  text('pubsub#language', 'language', 'The default language of the node'),
  text('pubsub#type', 'type', 'The namespace of payloads'),
  choice('pubsub#access_model', 'access', accessModels, 'Who may subscribe and retrieve items'),
  rosterGroups,
  constant('pubsub#publish_model', 'publishers', { type: 'list-single', label: 'Who may publish' }),
  itemCount,
  flag('pubsub#persist_items', 'persist', 'Persist items to storage'),
  flag('pubsub#deliver_notifications', 'deliver', 'Deliver event notifications'),
  flag('pubsub#deliver_payloads', 'payloads', 'Deliver payloads with event notifications'),
  flag('pubsub#notify_config', 'notifyConfig', 'Notify subscribers when the configuration changes'),
  flag('pubsub#notify_delete', 'notifyDelete', 'Notify subscribers when the node is deleted'),
  flag('pubsub#notify_retract', 'notifyRetract', 'Notify subscribers when items are removed'),
  choice('pubsub#send_last_published_item', 'lastItem', lastItemRules, 'When to send the last published item'),
  choice('pubsub#notification_type', 'style', ['headline', 'normal'], 'The message type of notifications'),
  constant('pubsub#presence_based_delivery', '1', { type: 'boolean', label: 'Notify available users only' }),
  constant('pubsub#notify_sub', '0', { type: 'boolean', label: 'Notify the owner about new subscribers' }),
  constant('pubsub#item_expire', 'max', { type: 'text-single', label: 'Seconds after which items are purged' }),
  constant('pubsub#purge_offline', '0', { type: 'boolean', label: 'Purge all items when the owner goes offline' }),
];

const byName: ReadonlyMap<string, Rule> = new Map(rules.map((rule) => [rule.name, rule]));

/**
 * A configuration with the submitted fields laid over it; fields that are not ours are ignored (XEP-0004 §3.1).
 * Undefined when a value is not acceptable (§8.2.5.2).
 */
export const configured = (config: NodeConfig, form: FormValues): NodeConfig | undefined => {
  let result: NodeConfig | undefined = config;
  for (const [name, values] of form.fields) {
    const rule = byName.get(name);
    if (rule !== undefined && result !== undefined) result = rule.read(result, values);
  }
  return result;
};

/** Whether all fields are known: unknown preconditions fail (§7.1.5). */
export const allKnown = (form: FormValues): boolean =>
  [...form.fields.keys()].every((name) => name === 'FORM_TYPE' || byName.has(name));

const written = (config: NodeConfig): string => JSON.stringify(rules.map((rule) => rule.write(config)));

/** Whether a node is as the form presupposes (§7.1.5). */
export const meets = (config: NodeConfig, form: FormValues): boolean => {
  const wanted = configured(config, form);
  return wanted !== undefined && allKnown(form) && written(wanted) === written(config);
};

/** The configuration as a form (§8.2.2) or as a result (§8.2.5.3). */
export const configForm = (type: FormType, config: NodeConfig, formType: string, texts: FormTexts = {}): Element =>
  formElement(
    type,
    formType,
    rules.map((rule) => {
      const values = rule.write(config);
      return type === 'form' ? { name: rule.name, ...rule.field, values } : { name: rule.name, values };
    }),
    texts,
  );

const described = new Set(
  ['title', 'description', 'language', 'type', 'access_model', 'publish_model', 'max_items'].map((n) => `pubsub#${n}`),
);

/** A node's metadata for disco#info (§5.4, XEP-0128). */
export const metadataForm = (config: NodeConfig, owner: string): Element =>
  formElement('result', namespaces.pubsubMetadata, [
    ...rules.filter(({ name }) => described.has(name)).map((rule) => ({ name: rule.name, values: rule.write(config) })),
    { name: 'pubsub#owner', values: [owner] },
  ]);
