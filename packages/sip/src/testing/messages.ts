// Messages of tests, written as lines.
import { isRequest, type SipMessage, type SipRequest, SipResponse } from '../message.ts';
import { readDatagram } from '../parse.ts';

export const readLines = (...lines: readonly string[]): SipMessage => {
  const message = readDatagram(new TextEncoder().encode(`${lines.join('\r\n')}\r\n\r\n`));
  if (message === undefined) throw new Error('No SIP message');
  return message;
};

export const readRequest = (...lines: readonly string[]): SipRequest => {
  const message = readLines(...lines);
  if (!isRequest(message)) throw new Error('No request');
  return message;
};

export const readResponse = (...lines: readonly string[]): SipResponse => {
  const message = readLines(...lines);
  if (message instanceof SipResponse) return message;
  throw new Error('No response');
};
