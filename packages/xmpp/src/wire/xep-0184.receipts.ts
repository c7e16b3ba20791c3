// Delivery receipts on the wire (XEP-0184 §5).
import { type Element, el } from '@parlance/xml/element';
import { namespaces } from '../namespaces.ts';

/** Asks the recipient's client to say that the message has arrived (§5.3). */
export const receiptRequest: Element = el('request', namespaces.receipts);

/** Says that the message with this id has arrived (§5.4). */
export const receipt = (id: string): Element => el('received', namespaces.receipts, { id });

export const asksForReceipt = (message: Element): boolean =>
  message.child('request', namespaces.receipts) !== undefined;

/** The id of the message that has arrived; undefined when this is no receipt. */
export const readReceipt = (message: Element): string | undefined =>
  message.child('received', namespaces.receipts)?.attr('id');
