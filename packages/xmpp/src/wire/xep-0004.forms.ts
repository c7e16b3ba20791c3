// Data forms on the wire: read tolerantly within bounds, written strictly (XEP-0004 §3, XEP-0068 §3).
import { type Element, el } from '@parlance/xml/element';
import { namespaces } from '../namespaces.ts';

/** Form types (XEP-0004 §3.1). */
export type FormType = 'form' | 'submit' | 'cancel' | 'result';

/** Field types (XEP-0004 §3.3). */
export type FieldType =
  | 'boolean'
  | 'fixed'
  | 'hidden'
  | 'jid-multi'
  | 'jid-single'
  | 'list-multi'
  | 'list-single'
  | 'text-multi'
  | 'text-private'
  | 'text-single';

export interface FieldOption {
  readonly value: string;
  readonly label?: string;
}

/** One field as it is written; `name` is the wire's `var`. */
export interface Field {
  readonly name: string;
  /** Left out in submissions (§3.2). */
  readonly type?: FieldType;
  readonly label?: string;
  readonly required?: boolean;
  readonly values: readonly string[];
  readonly options?: readonly FieldOption[];
}

/** What a form says: values by field name. A map, so that no name of a peer's is special. */
export interface FormValues {
  readonly type: FormType;
  /** The hidden FORM_TYPE, '' when there is none (XEP-0068 §3.1). */
  readonly formType: string;
  readonly fields: ReadonlyMap<string, readonly string[]>;
}

/** Fields that are read from one form; values of one field. */
const maxFields = 200;
const maxValues = 1_000;

const isFormType = (type: string | undefined): type is FormType =>
  type === 'form' || type === 'submit' || type === 'cancel' || type === 'result';

const valuesOf = (field: Element): readonly string[] =>
  field
    .elements()
    .filter(({ name, ns }) => name === 'value' && ns === namespaces.data)
    .map((value) => value.text());

/**
 * The values of an `<x/>` form. Undefined when it is no form, has a type that is none, or has more than 200 fields or
 * 1000 values in a field. Fields without name are passed over; of two with one name the first counts.
 */
export const readForm = (x: Element | undefined): FormValues | undefined => {
  const type = x?.attr('type');
  if (x?.name !== 'x' || x.ns !== namespaces.data || !isFormType(type)) return undefined;
  const fields = new Map<string, readonly string[]>();
  for (const field of x.elements()) {
    const name = field.attr('var');
    if (field.name !== 'field' || field.ns !== namespaces.data || name === undefined || fields.has(name)) continue;
    const values = valuesOf(field);
    if (fields.size >= maxFields || values.length > maxValues) return undefined;
    fields.set(name, values);
  }
  return { type, formType: fields.get('FORM_TYPE')?.[0] ?? '', fields };
};

/** The `<x/>` child of an element, read. */
export const formOf = (parent: Element): FormValues | undefined => readForm(parent.child('x', namespaces.data));

/** An xs:boolean; undefined when the text is none (§3.3, note on boolean). */
export const readBoolean = (text: string | undefined): boolean | undefined => {
  if (text === '1' || text === 'true') return true;
  return text === '0' || text === 'false' ? false : undefined;
};

const fieldElement = ({ name, type, label, required, values, options }: Field): Element =>
  el(
    'field',
    namespaces.data,
    { var: name, type, label },
    ...(required === true ? [el('required', namespaces.data)] : []),
    ...values.map((value) => el('value', namespaces.data, {}, value)),
    ...(options ?? []).map((option) =>
      el('option', namespaces.data, { label: option.label }, el('value', namespaces.data, {}, option.value)),
    ),
  );

export interface FormTexts {
  readonly title?: string;
  readonly instructions?: string;
}

/** A form with its FORM_TYPE in front; '' writes none. */
export const formElement = (
  type: FormType,
  formType: string,
  fields: readonly Field[],
  { title, instructions }: FormTexts = {},
): Element => {
  const text = (name: string, value: string | undefined): Element[] =>
    value === undefined ? [] : [el(name, namespaces.data, {}, value)];
  const kind: Field[] = formType === '' ? [] : [{ name: 'FORM_TYPE', type: 'hidden', values: [formType] }];
  return el(
    'x',
    namespaces.data,
    { type },
    ...text('title', title),
    ...text('instructions', instructions),
    ...[...kind, ...fields].map(fieldElement),
  );
};

/** A submission: names and values only. */
export const submission = (formType: string, values: Readonly<Record<string, string | readonly string[]>>): Element =>
  formElement(
    'submit',
    formType,
    Object.entries(values).map(([name, value]) => ({ name, values: typeof value === 'string' ? [value] : value })),
  );
