// A message to bytes: lines as they came or were made, Content-Length by the body (RFC 3261 §7, §20.14).
import { contentLength } from './headers/plain.ts';
import type { SipMessage } from './message.ts';

const encoder = new TextEncoder();

/** The head as text, its empty line included. */
export const headText = (message: SipMessage): string => {
  let text = `${message.startLine}\r\n`;
  for (const { id, line } of message.fields) if (id !== contentLength.id) text += `${line}\r\n`;
  return `${text}Content-Length: ${message.body.length}\r\n\r\n`;
};

export const serialise = (message: SipMessage): Uint8Array => {
  const head = encoder.encode(headText(message));
  if (message.body.length === 0) return head;
  const bytes = new Uint8Array(head.length + message.body.length);
  bytes.set(head);
  bytes.set(message.body, head.length);
  return bytes;
};
