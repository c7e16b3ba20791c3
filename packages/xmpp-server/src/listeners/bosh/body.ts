// The wrapper of BOSH: what a request's <body/> says, and how answers are written (XEP-0124 §5–§8, §17; XEP-0206 §3–§6).
import { Element } from '@parlance/xml/element';
import { escapeAttr } from '@parlance/xml/serialise';
import { namespaces } from '@parlance/xmpp/namespaces';

/** Terminal binding conditions (XEP-0124 §17.2) that this side uses. */
export type BindingCondition =
  | 'bad-request'
  | 'host-unknown'
  | 'internal-server-error'
  | 'item-not-found'
  | 'policy-violation'
  | 'remote-stream-error'
  | 'system-shutdown';

/** A whole number of an attribute between bounds; undefined when it is none. */
export const wholeNumber = (text: string | undefined, least: number, most: number): number | undefined => {
  if (text === undefined || !/^\d{1,16}$/.test(text)) return undefined;
  const number = Number(text);
  return number >= least && number <= most ? number : undefined;
};

/** Request ids stay below 2^53, with room for the session to count on (XEP-0124 §14.1). */
export const ridOf = (body: Element): number | undefined => wholeNumber(body.attr('rid'), 1, Number.MAX_SAFE_INTEGER);

/** An attribute of XEP-0206. */
const xmppAttr = (body: Element, name: string): string | undefined => body.attr(`{${namespaces.xbosh}}${name}`);

/** Whether a request begins the stream anew (XEP-0206 §5). */
export const restarts = (body: Element): boolean => ['1', 'true'].includes(xmppAttr(body, 'restart') ?? '');

/**
 * The stream header that a creation or a restart stands for; what a restart leaves out is as it was `before` (XEP-0206 §5).
 * Who does not say a version speaks 1.0 (§3).
 */
export const headerOf = (body: Element, before?: Element): Element => {
  const named = ['to', 'from', 'xml:lang'].flatMap((name) => {
    const value = body.attr(name) ?? before?.attr(name);
    return value === undefined ? [] : [name, value];
  });
  return new Element('body', namespaces.bosh, [...named, 'version', xmppAttr(body, 'version') ?? '1.0']);
};

export const writeBody = (attributes: Readonly<Record<string, string | undefined>>, payload = ''): string => {
  let text = `<body xmlns='${namespaces.bosh}'`;
  for (const [name, value] of Object.entries(attributes))
    if (value !== undefined) text += ` ${name}='${escapeAttr(value)}'`;
  return payload === '' ? `${text}/>` : `${text}>${payload}</body>`;
};

/** Ends a session, or says that there is none. */
export const terminal = (condition?: BindingCondition, payload = ''): string =>
  writeBody({ type: 'terminate', condition }, payload);

/** What ends a session with a stream error: its own name where bindings know it (XEP-0124 §17.2, XEP-0206 §6). */
export const conditionOf = (streamError: string): BindingCondition => {
  const [, name] = /^<stream:error[^>]*><([a-z-]+) /.exec(streamError) ?? [];
  if (name === 'host-unknown' || name === 'policy-violation' || name === 'system-shutdown') return name;
  return name === 'internal-server-error' ? name : 'remote-stream-error';
};
