// Message archive queries on the wire: what is asked, what comes, how it ends (XEP-0313 §4, §5).
import { isRefusal, type Refusal, refuse } from '@parlance/base/refusal';
import { type Element, el } from '@parlance/xml/element';
import { formatDateTime, parseDateTime } from '../datetime.ts';
import { formatJid, type Jid, parseJid } from '../jid.ts';
import { namespaces } from '../namespaces.ts';
import { type Field, type FormValues, formElement, readBoolean, readForm, submission } from './xep-0004.forms.ts';
import {
  type PageReport,
  type PageRequest,
  pageReport,
  pageRequest,
  readPageReport,
  readPageRequest,
} from './xep-0059.rsm.ts';
import { type Forwarded, readForwarded } from './xep-0297.forwarding.ts';

const { mam } = namespaces;

/** Which messages are asked for; absent conditions hold always (§4.1). Times are milliseconds since 1970, inclusive. */
export interface ArchiveConditions {
  readonly with?: Jid;
  readonly start?: number;
  readonly end?: number;
  /** Exclusive. */
  readonly beforeId?: string;
  readonly afterId?: string;
  readonly ids?: readonly string[];
}

export interface ArchiveQuery extends ArchiveConditions {
  readonly queryId: string | undefined;
  readonly page: PageRequest;
  /** The page is sent in reverse order (§4.3.4). */
  readonly flip: boolean;
}

/** A field's values as a condition; undefined when they say nothing valid. */
type FieldReader = (values: readonly string[]) => ArchiveConditions | undefined;

const one =
  <T>(read: (text: string) => T | undefined, make: (value: T) => ArchiveConditions): FieldReader =>
  ([text = '', ...more]) => {
    const value = more.length > 0 ? undefined : read(text);
    return value === undefined ? undefined : make(value);
  };

const id = (text: string): string | undefined => (text === '' ? undefined : text);

const readers: ReadonlyMap<string, FieldReader> = new Map<string, FieldReader>([
  ['FORM_TYPE', one(id, () => ({}))],
  ['with', one(parseJid, (jid) => ({ with: jid }))],
  ['start', one(parseDateTime, (start) => ({ start }))],
  ['end', one(parseDateTime, (end) => ({ end }))],
  ['before-id', one(id, (beforeId) => ({ beforeId }))],
  ['after-id', one(id, (afterId) => ({ afterId }))],
  ['ids', (ids) => ({ ids })],
  // §4.1.4: room traffic is in no user's archive, so that either wish is fulfilled.
  ['include-groupchat', one(readBoolean, () => ({}))],
]);

const readConditions = ({ formType, fields }: FormValues): ArchiveConditions | Refusal => {
  if (formType !== mam) return refuse('bad-request');
  const conditions: ArchiveConditions[] = [];
  for (const [name, values] of fields) {
    const reader = readers.get(name);
    // §4.1.5: a field that is not known must be refused with feature-not-implemented.
    if (reader === undefined) return refuse('not-implemented');
    const condition = reader(values);
    if (condition === undefined) return refuse('bad-request');
    conditions.push(condition);
  }
  return Object.assign({}, ...conditions) as ArchiveConditions;
};

/** Reads a `<query/>` of type set, or says why it cannot be answered. */
export const readArchiveQuery = (query: Element): ArchiveQuery | Refusal => {
  const x = query.child('x', namespaces.data);
  const form = readForm(x);
  const page = readPageRequest(query);
  if (page === undefined || (x !== undefined && form === undefined)) return refuse('bad-request');
  const conditions = form === undefined ? {} : readConditions(form);
  if (isRefusal(conditions)) return conditions;
  return { ...conditions, queryId: query.attr('queryid'), page, flip: query.child('flip-page') !== undefined };
};

/** A query to be sent (§4, Example 18). */
export const archiveQuery = ({ queryId, page, flip, ...asked }: Partial<ArchiveQuery>): Element => {
  const fields = Object.entries({
    with: asked.with === undefined ? undefined : formatJid(asked.with),
    start: asked.start === undefined ? undefined : formatDateTime(asked.start),
    end: asked.end === undefined ? undefined : formatDateTime(asked.end),
    'before-id': asked.beforeId,
    'after-id': asked.afterId,
    ids: asked.ids,
  }).filter((field): field is [string, string | readonly string[]] => field[1] !== undefined);
  return el(
    'query',
    mam,
    { queryid: queryId },
    ...(fields.length === 0 ? [] : [submission(mam, Object.fromEntries(fields))]),
    ...(page === undefined ? [] : [pageRequest(page)]),
    ...(flip === true ? [el('flip-page', mam)] : []),
  );
};

const field = (name: string, type: NonNullable<Field['type']>): Field => ({ name, type, values: [] });

/** `ids` is open to any value (XEP-0122 §3.2), since the list of all would be the archive itself. */
const openList = (form: Element): Element =>
  form.withChildren(
    form.children.map((child) =>
      typeof child === 'string' || child.attr('var') !== 'ids'
        ? child
        : child.withChildren([
            el('validate', namespaces.dataValidate, { datatype: 'xs:string' }, el('open', namespaces.dataValidate)),
          ]),
    ),
  );

/** The fields that a query may have (§4.1.5, Example 15). */
export const archiveForm = (): Element =>
  el(
    'query',
    mam,
    {},
    openList(
      formElement('form', mam, [
        field('with', 'jid-single'),
        field('start', 'text-single'),
        field('end', 'text-single'),
        field('before-id', 'text-single'),
        field('after-id', 'text-single'),
        field('ids', 'list-multi'),
        field('include-groupchat', 'boolean'),
      ]),
    ),
  );

/** The end of a page (§4.2, §4.3). */
export interface ArchiveEnd {
  /** Nothing more matches beyond the page, on the side to which it was read. */
  readonly complete: boolean;
  readonly page: PageReport;
}

export const finElement = ({ complete, page }: ArchiveEnd): Element =>
  el('fin', mam, complete ? { complete: 'true' } : {}, pageReport(page));

export const readFin = (fin: Element): ArchiveEnd => ({
  complete: readBoolean(fin.attr('complete')) ?? false,
  page: readPageReport(fin),
});

/** One archived message, as a result carries it. */
export interface ArchiveResult extends Forwarded {
  readonly id: string;
  readonly queryId: string | undefined;
}

/**
 * The result that a message carries; undefined when it carries none. Whether it answers an open query, and comes from the
 * archive that was asked, the caller must check (§8.2).
 */
export const readArchiveResult = (message: Element): ArchiveResult | undefined => {
  const result = message.child('result', mam);
  const resultId = result?.attr('id');
  const forwarded = result === undefined ? undefined : readForwarded(result);
  if (result === undefined || resultId === undefined || forwarded === undefined) return undefined;
  return { ...forwarded, id: resultId, queryId: result.attr('queryid') };
};

/** One end of an archive: the id and the time of its first or last message. */
export interface ArchiveBound {
  readonly id: string;
  readonly time: number;
}

/** First and last message of an archive; neither when it is empty (§5). */
export interface ArchiveMetadata {
  readonly start?: ArchiveBound;
  readonly end?: ArchiveBound;
}

export const metadataElement = ({ start, end }: ArchiveMetadata): Element => {
  const bound = (name: string, at: ArchiveBound | undefined): Element[] =>
    at === undefined ? [] : [el(name, mam, { id: at.id, timestamp: formatDateTime(at.time) })];
  return el('metadata', mam, {}, ...bound('start', start), ...bound('end', end));
};

export const readMetadata = (metadata: Element): ArchiveMetadata => {
  const bound = (name: 'start' | 'end'): ArchiveMetadata => {
    const at = metadata.child(name);
    const [boundId, time] = [at?.attr('id'), parseDateTime(at?.attr('timestamp') ?? '')];
    return boundId === undefined || time === undefined ? {} : { [name]: { id: boundId, time } };
  };
  return { ...bound('start'), ...bound('end') };
};
