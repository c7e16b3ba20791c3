// Messages as JSON objects (CONTRACT, The script client).
import type { Element } from '@parlance/xml/element';
import { formatDateTime } from '@parlance/xmpp/datetime';
import { readDelay } from '@parlance/xmpp/wire/xep-0203.delay';

export type Printed = Readonly<Record<string, unknown>>;

/** A message with text, or undefined. `time` in milliseconds since 1970 comes before what the message says of itself. */
export const messageEvent = (message: Element, time?: number): Printed | undefined => {
  const body = message.childText('body');
  if (body === undefined || message.attr('type') === 'error') return undefined;
  const stamp = time ?? readDelay(message)?.time;
  return {
    event: 'message',
    path: 'relay',
    from: message.attr('from'),
    to: message.attr('to'),
    id: message.attr('id'),
    body,
    ...(stamp === undefined ? {} : { time: formatDateTime(stamp) }),
  };
};
