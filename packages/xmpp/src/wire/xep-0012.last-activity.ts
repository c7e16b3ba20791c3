// Last activity on the wire (XEP-0012 §2).
import { type Element, el } from '@parlance/xml/element';
import { namespaces } from '../namespaces.ts';

export interface LastActivity {
  readonly seconds: number;
  /** The status with which one left; '' when there was none. */
  readonly status: string;
}

/** `<query/>` of a request. */
export const lastActivityRequest = (): Element => el('query', namespaces.last);

/** `<query/>` of an answer. */
export const lastActivity = ({ seconds, status }: LastActivity): Element =>
  el('query', namespaces.last, { seconds: String(seconds) }, ...(status === '' ? [] : [status]));

/** What an answer says; undefined when it has no number of seconds. */
export const readLastActivity = (query: Element): LastActivity | undefined => {
  const seconds = query.attr('seconds') ?? '';
  return /^\d{1,15}$/.test(seconds) ? { seconds: Number(seconds), status: query.text() } : undefined;
};
