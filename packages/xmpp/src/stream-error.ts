// Stream errors: they end the stream (RFC 6120 §4.9).
import { type Element, el } from '@parlance/xml/element';
import { namespaces } from './namespaces.ts';

/** RFC 6120 §4.9.3. */
export type StreamCondition =
  | 'bad-format'
  | 'bad-namespace-prefix'
  | 'conflict'
  | 'connection-timeout'
  | 'host-gone'
  | 'host-unknown'
  | 'improper-addressing'
  | 'internal-server-error'
  | 'invalid-from'
  | 'invalid-namespace'
  | 'invalid-xml'
  | 'not-authorized'
  | 'not-well-formed'
  | 'policy-violation'
  | 'remote-connection-failed'
  | 'reset'
  | 'resource-constraint'
  | 'restricted-xml'
  | 'see-other-host'
  | 'system-shutdown'
  | 'undefined-condition'
  | 'unsupported-encoding'
  | 'unsupported-feature'
  | 'unsupported-stanza-type'
  | 'unsupported-version';

/** A wire error of the peer that ends its stream; thrown where it is noticed, answered once by the stream. */
export class StreamError extends Error {
  readonly condition: StreamCondition;
  /** For the engineer at the other end; '' when the condition says it all. */
  readonly text: string;
  readonly app: Element | undefined;

  constructor(condition: StreamCondition, text = '', app?: Element) {
    super(text === '' ? condition : `${condition}: ${text}`);
    this.condition = condition;
    this.text = text;
    this.app = app;
  }
}

/** `<stream:error/>` (RFC 6120 §4.9.2). */
export const streamErrorElement = (condition: StreamCondition, text = '', app?: Element): Element =>
  el(
    'error',
    namespaces.stream,
    {},
    el(condition, namespaces.streamErrors),
    ...(text === '' ? [] : [el('text', namespaces.streamErrors, { 'xml:lang': 'en' }, text)]),
    ...(app === undefined ? [] : [app]),
  );
