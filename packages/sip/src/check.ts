// Is a request well-formed enough to be acted on? If not, which answer does it get (RFC 3261 §8.1.1, §8.2, §16.3; RFC 4475)?
import { malformed, SipError } from './error.ts';
import { contact, from, type NameAddr, recordRoute, route, to, wildcard } from './headers/name-addr.ts';
import { callId, contentLength, contentType, cseq, expires, maxForwards } from './headers/plain.ts';
import { via } from './headers/via.ts';
import { repeated, type SipMessage, type SipRequest, type SipResponse } from './message.ts';
import { declared } from './parse.ts';
import { isSip, readUri } from './uri.ts';

/** The methods of the register of IANA. */
const methods: ReadonlySet<string> = new Set(
  'ACK BYE CANCEL INFO INVITE MESSAGE NOTIFY OPTIONS PRACK PUBLISH REFER REGISTER SUBSCRIBE UPDATE'.split(' '),
);

/** What is wrong with a request: the answer it gets. Undefined when nothing is. */
export const faultOf = (request: SipRequest): SipError | undefined => {
  try {
    checkRequest(request);
    return undefined;
  } catch (error) {
    if (error instanceof SipError) return error;
    throw error;
  }
};

const checkRequest = (request: SipRequest): void => {
  if (request.version.toUpperCase() !== 'SIP/2.0') throw new SipError(505, 'Version Not Supported');
  checkFields(request);
  if (request.one(cseq).method !== request.method) throw mismatch(request.method);
  const target = request.target;
  // Headers in a request's URI are for making requests, not for sending them along (RFC 3261 §19.1.1, table 1).
  if (isSip(target) && target.headers !== undefined) throw new SipError(400, 'Headers in Request-URI');
  request.optional(maxForwards);
  request.optional(expires);
  for (const each of request.all(route)) readUri(each.uri);
  checkContacts(request.all(contact));
  if (request.body.length > 0) request.optional(contentType);
};

/** A method that nobody knows may have a CSeq of its own kind (RFC 4475 §3.1.2.18). */
const mismatch = (method: string): SipError =>
  methods.has(method) ? new SipError(400, 'Method of CSeq differs') : new SipError(501, 'Not Implemented');

const checkContacts = (contacts: readonly (NameAddr | typeof wildcard)[]): void => {
  if (contacts.includes(wildcard) && contacts.length > 1) throw malformed(contact.id);
  for (const each of contacts) if (each !== wildcard) readUri(each.uri);
};

/** What both requests and responses must have, each once and readable. */
const checkFields = (message: SipMessage): void => {
  for (const { id } of message.fields) if (id === '') throw malformed('header field');
  const twice = repeated(message);
  if (twice !== undefined) throw new SipError(400, `Repeated ${twice}`);
  if (message.all(via).length === 0) throw new SipError(400, 'Missing via');
  readUri(message.one(from).uri);
  readUri(message.one(to).uri);
  message.one(callId);
  message.one(cseq);
  for (const each of message.all(recordRoute)) readUri(each.uri);
  checkLength(message);
};

/** A datagram may end before its body does (RFC 3261 §18.3). */
const checkLength = (message: SipMessage): void => {
  const length = declared(message);
  if (message.has(contentLength.id) && length === undefined) throw malformed(contentLength.id);
  if (length !== undefined && length > message.body.length) throw new SipError(400, 'Body shorter than Content-Length');
};

/** Whether a response can be used; one that cannot is dropped (RFC 3261 §18.1.2). */
export const isUsable = (response: SipResponse): boolean => {
  try {
    checkFields(response);
    return true;
  } catch (error) {
    if (error instanceof SipError) return false;
    throw error;
  }
};
