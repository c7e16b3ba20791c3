// Message carbons on the wire: copies of what one's other devices send and get (XEP-0280 §4–8).
import { type Element, el } from '@parlance/xml/element';
import { namespaces } from '../namespaces.ts';
import { readForwarded } from './xep-0297.forwarding.ts';

/** The payload of the request that turns copies on or off (§4, §5). */
export const carbonsSwitch = (on: boolean): Element => el(on ? 'enable' : 'disable', namespaces.carbons);

/** Keeps a message from being copied, together with the hint `no-copy` (§9). */
export const privateMark: Element = el('private', namespaces.carbons);

export interface Carbon {
  readonly direction: 'sent' | 'received';
  readonly message: Element;
  /** When it was received, in milliseconds since 1970, where it is said. */
  readonly time?: number;
}

/**
 * What a copy says. Undefined when the message is no copy, or was not sent by one's own account: `own` is its bare JID,
 * and anything else is a forgery (§11).
 */
export const readCarbon = (message: Element, own: string): Carbon | undefined => {
  const wrapper = message
    .elements()
    .find(({ ns, name }) => ns === namespaces.carbons && (name === 'sent' || name === 'received'));
  const inner = wrapper === undefined ? undefined : readForwarded(wrapper);
  if (wrapper === undefined || inner?.stanza.name !== 'message' || (message.attr('from') ?? own) !== own)
    return undefined;
  const direction = wrapper.name === 'sent' ? 'sent' : 'received';
  return { direction, message: inner.stanza, ...(inner.time === undefined ? {} : { time: inner.time }) };
};
