// Presence rules: who may watch, by common policy (RFC 4745 §6–§9; RFC 5025 §3).
import { type Element, el, type XmlNode } from '@parlance/xml/element';
import { readDateTime, writeDateTime } from '../datetime.ts';
import { malformed } from '../error.ts';
import { namespaces } from '../namespaces.ts';
import { children, known, needed, readXml, writeXml } from '../xml.ts';

const ns = namespaces.commonPolicy;
const what = 'rule set';

/** What a watcher gets, from least to most (RFC 5025 §3.2.1). */
const handlings = ['block', 'confirm', 'polite-block', 'allow'] as const;

export type Handling = (typeof handlings)[number];

/** Whom a rule is about (RFC 4745 §7.1). */
export type Identity =
  | { readonly kind: 'one'; readonly id: string }
  | {
      readonly kind: 'many';
      /** Anybody of this domain; of any when undefined. */
      readonly domain?: string | undefined;
      readonly except: readonly { readonly id?: string | undefined; readonly domain?: string | undefined }[];
    }
  /** Something that is not known: it is nobody (§7). */
  | { readonly kind: 'other'; readonly element: Element };

/** All that is there must hold; one of each list is enough. */
export interface Conditions {
  /** Empty, it is for watchers who did not prove who they are (RFC 5025 §3.1.1.2); undefined, for anybody. */
  readonly identities?: readonly Identity[] | undefined;
  /** States of the presentity (§7.3). */
  readonly spheres?: readonly string[] | undefined;
  /** Times in milliseconds since 1970; `until` is exclusive (§7.4). */
  readonly validity?: readonly { readonly from: number; readonly until: number }[] | undefined;
  /** Conditions that are not known: such a rule never holds (§7). */
  readonly extensions: readonly Element[];
}

export interface Rule {
  readonly id: string;
  readonly conditions: Conditions;
  readonly handling?: Handling | undefined;
  /** Other actions, and what is shown of presence (RFC 5025 §3.3), as they came. */
  readonly actions: readonly Element[];
  readonly transformations: readonly Element[];
}

/**
 * Reads an `application/auth-policy+xml` document. Throws `SipError` 400, also for a known condition that cannot be read: without
 * it the rule would be for more people.
 */
export const readPresenceRules = (body: Uint8Array): readonly Rule[] =>
  children(readXml(body, what, 'ruleset', ns), 'rule').map(readRule);

const isHandling = (child: Element): boolean => child.name === 'sub-handling' && child.ns === namespaces.presenceRules;

const readRule = (rule: Element): Rule => {
  const actions = rule.child('actions')?.elements() ?? [];
  return {
    id: needed(rule, 'id', what),
    conditions: readConditions(rule.child('conditions')?.elements() ?? []),
    handling: known(handlings, actions.find(isHandling)?.text()),
    actions: actions.filter((child) => !isHandling(child)),
    transformations: rule.child('transformations')?.elements() ?? [],
  };
};

const readConditions = (conditions: readonly Element[]): Conditions => {
  const named = (name: string): Element | undefined =>
    conditions.find((child) => child.name === name && child.ns === ns);
  const identity = named('identity');
  const sphere = named('sphere');
  const validity = named('validity');
  return {
    identities: identity?.elements().map(readIdentity),
    spheres: sphere && needed(sphere, 'value', what).split(/\s+/),
    validity: validity && readValidity(validity),
    extensions: conditions.filter((child) => child !== identity && child !== sphere && child !== validity),
  };
};

const readIdentity = (element: Element): Identity => {
  const isKnown = element.ns === ns && element.elements().every((child) => child.ns === ns && child.name === 'except');
  if (isKnown && element.name === 'one') return { kind: 'one', id: needed(element, 'id', what) };
  // An exception that is not known must not be lost: the rule would be for more people.
  if (!isKnown || element.name !== 'many') return { kind: 'other', element };
  const except = children(element, 'except').map((each) => ({ id: each.attr('id'), domain: each.attr('domain') }));
  return { kind: 'many', domain: element.attr('domain'), except };
};

/** Pairs of `from` and `until` (§7.4). */
const readValidity = (validity: Element): readonly { readonly from: number; readonly until: number }[] => {
  const untils = children(validity, 'until');
  return children(validity, 'from').map((begin, n) => {
    const from = readDateTime(begin.text());
    const until = readDateTime(untils[n]?.text());
    if (from === undefined || until === undefined) throw malformed(what);
    return { from, until };
  });
};

export const writePresenceRules = (rules: readonly Rule[]): Uint8Array =>
  writeXml(el('ruleset', ns, {}, ...rules.map(ruleElement)));

const ruleElement = ({ id, conditions, handling, actions, transformations }: Rule): Element => {
  const sub = handling === undefined ? [] : [el('sub-handling', namespaces.presenceRules, {}, handling)];
  return el(
    'rule',
    ns,
    { id },
    el('conditions', ns, {}, ...conditionElements(conditions)),
    el('actions', ns, {}, ...sub, ...actions),
    el('transformations', ns, {}, ...transformations),
  );
};

const conditionElements = ({ identities, spheres, validity, extensions }: Conditions): readonly XmlNode[] => [
  ...(identities === undefined ? [] : [el('identity', ns, {}, ...identities.map(identityElement))]),
  ...(spheres === undefined ? [] : [el('sphere', ns, { value: spheres.join(' ') })]),
  ...(validity === undefined
    ? []
    : [
        el(
          'validity',
          ns,
          {},
          ...validity.flatMap(({ from, until }) => [
            el('from', ns, {}, writeDateTime(from)),
            el('until', ns, {}, writeDateTime(until)),
          ]),
        ),
      ]),
  ...extensions,
];

const identityElement = (identity: Identity): Element => {
  if (identity.kind === 'other') return identity.element;
  if (identity.kind === 'one') return el('one', ns, { id: identity.id });
  const except = identity.except.map(({ id, domain }) => el('except', ns, { id, domain }));
  return el('many', ns, { domain: identity.domain }, ...except);
};
