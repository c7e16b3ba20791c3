// One whole element from text: WebSocket messages, BOSH bodies, stored payloads (RFC 7395 §3.3, XEP-0124 §4).
import type { Element } from './element.ts';
import { notWellFormed } from './error.ts';
import { type Limits, storedLimits } from './limits.ts';
import { XmlScanner } from './scanner.ts';

const nothing = (): void => undefined;

/**
 * The element that the text is. `contextNs` is the default namespace where the text does not declare one.
 * Throws XmlError when the text is not exactly one element within the limits.
 */
export const parseDocument = (text: string, limits: Limits = storedLimits, contextNs = ''): Element => {
  const found: Element[] = [];
  const scanner = new XmlScanner(
    { open: nothing, element: (element) => void found.push(element), close: nothing },
    limits,
    0,
    contextNs,
  );
  scanner.writeText(text);
  const [element] = found;
  if (element === undefined || !scanner.ended) throw notWellFormed('not one whole element');
  return element;
};
