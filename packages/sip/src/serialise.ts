// A message to bytes: lines as they came or were made, Content-Length by the body (RFC 3261 §7, §20.14).
import { contentLength } from './headers/plain.ts';
import type { SipMessage } from './message.ts';
import { declared } from './parse.ts';

const encoder = new TextEncoder();

/** The head as text, its empty line included. A Content-Length that came stays where it is, if it is right. */
const headText = (message: SipMessage): string => {
  const { body, fields } = message;
  const sized = declared(message) === body.length;
  let text = `${message.startLine}\r\n`;
  for (const { id, line } of fields) if (sized || id !== contentLength.id) text += `${line}\r\n`;
  return sized ? `${text}\r\n` : `${text}Content-Length: ${body.length}\r\n\r\n`;
};

export const serialise = (message: SipMessage): Uint8Array => {
  const head = encoder.encode(headText(message));
  if (message.body.length === 0) return head;
  const bytes = new Uint8Array(head.length + message.body.length);
  bytes.set(head);
  bytes.set(message.body, head.length);
  return bytes;
};
