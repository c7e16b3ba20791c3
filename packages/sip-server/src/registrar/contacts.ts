// The contacts of one REGISTER: what each asks for, and which binding it means (RFC 3261 §10.3 steps 6–7, RFC 5626 §6, RFC 3327 §5.3).
import { SipError } from '@parlance/sip/error';
import { contact, type NameAddr, path, wildcard } from '@parlance/sip/headers/name-addr';
import { callId, cseq, expires, supported } from '@parlance/sip/headers/plain';
import { via } from '@parlance/sip/headers/via';
import type { SipRequest } from '@parlance/sip/message';
import { parameter, parameterOf, withoutParameter } from '@parlance/sip/parameters';
import { isSip, readSip, readUri, sameUri } from '@parlance/sip/uri';
import type { Binding } from './binding.ts';

/** One contact as it is asked for. */
export interface Wish {
  readonly uri: string;
  readonly parameters: NameAddr['parameters'];
  /** Seconds; 0: it ends. */
  readonly expires: number;
  readonly q: number;
  readonly instance: string | undefined;
  readonly flowNumber: number | undefined;
}

/** What a whole REGISTER asks for: to read, to end everything, or these. */
export interface Wishes {
  readonly kind: 'read' | 'end-all' | 'change';
  readonly wishes: readonly Wish[];
  readonly callId: string;
  readonly cseq: number;
  readonly path: readonly string[];
}

/** Contacts that one REGISTER may name. */
const most = 10;

/** Seconds when neither contact nor request says (RFC 3261 §10.2.1.1). */
const usual = 3600;

/** Reads what is asked for. Throws `SipError` 400, 403 for a contact that is no SIP URI, 439. */
export const readWishes = (request: SipRequest): Wishes => {
  const contacts = request.all(contact);
  const general = request.optional(expires);
  const order = { callId: request.one(callId), cseq: request.one(cseq).number };
  const given = { ...order, path: request.all(path).map((each) => each.uri) };
  if (contacts.length === 0) return { kind: 'read', wishes: [], ...given };
  if (contacts.includes(wildcard)) {
    // RFC 3261 §10.3 step 6: alone, and with an Expires of zero.
    if (contacts.length > 1 || general !== 0)
      throw new SipError(400, 'Contact * needs Expires 0, and nothing beside it');
    return { kind: 'end-all', wishes: [], ...given };
  }
  if (contacts.length > most) throw new SipError(400, 'Too many contacts');
  const byFlow = takesFlows(request, given.path);
  const wishes = contacts.map((each) => readWish(each as NameAddr, general ?? usual, byFlow));
  // RFC 5626 §6: one flow at a time; more could not be told apart by the flow that they came on.
  if (wishes.some(({ flowNumber }) => flowNumber !== undefined) && wishes.filter((wish) => wish.expires > 0).length > 1)
    throw new SipError(400, 'One contact at a time with reg-id');
  return { kind: 'change', wishes, ...given };
};

/** Whether `reg-id` means something: nobody in between, or the first hop keeps flows (RFC 5626 §6). Throws `SipError` 439. */
const takesFlows = (request: SipRequest, [first]: readonly string[]): boolean => {
  if (request.all(via).length === 1) return true;
  if (first !== undefined && parameter(readSip(first).parameters, 'ob') !== undefined) return true;
  const asked = request
    .all(contact)
    .some((each) => each !== wildcard && parameter(each.parameters, 'reg-id') !== undefined);
  if (asked && request.all(supported).includes('outbound')) throw new SipError(439, 'First Hop Lacks Outbound Support');
  return false;
};

/** What the registrar says of a contact; a phone cannot say it (RFC 5627 §5.1). */
const ours = ['expires', 'pub-gruu', 'temp-gruu'];

const readWish = ({ uri, parameters }: NameAddr, general: number, byFlow: boolean): Wish => {
  // RFC 5627 §5.1.
  if (!isSip(readUri(uri))) throw new SipError(403, 'Contact Is No SIP URI');
  const instance = parameterOf(parameters, '+sip.instance') || undefined;
  const number = wholeNumber(parameterOf(parameters, 'reg-id'));
  const lifetime = parameterOf(parameters, 'expires');
  return {
    uri,
    parameters: ours.reduce(withoutParameter, parameters),
    // A malformed value is as good as an hour (RFC 3261 §10.2.1.1).
    expires: wholeNumber(lifetime) ?? (lifetime === undefined ? general : usual),
    q: quality(parameterOf(parameters, 'q')),
    instance,
    // RFC 5626 §4.2.1: without an instance, or of zero, it means nothing.
    flowNumber: instance === undefined || number === 0 || !byFlow ? undefined : number,
  };
};

const wholeNumber = (text: string | undefined): number | undefined =>
  text !== undefined && text.length < 11 && /^\d+$/.test(text) ? Number(text) : undefined;

/** 0…1000; without a value 1000. Beyond its three digits it is nobody's business (RFC 3261 §25.1, qvalue). */
const quality = (text: string | undefined): number =>
  text !== undefined && /^(?:0(?:\.\d{0,3})?|1(?:\.0{0,3})?)$/.test(text) ? Math.round(Number(text) * 1000) : 1000;

/**
 * The binding that a contact renews or ends: by instance and flow number; else by URI; or that of the same phone before it was
 * restarted, which shows by another Call-ID (RFC 5627 §5.1) and is not to be kept beside it.
 */
export const meantBy = (wish: Wish, call: string, bindings: readonly Binding[]): Binding | undefined =>
  bindings.find(({ state }) => {
    if (wish.flowNumber !== undefined || state.flowNumber !== undefined)
      return wish.instance === state.instance && wish.flowNumber === state.flowNumber;
    if (wish.instance !== undefined && wish.instance === state.instance && call !== state.callId) return true;
    return sameUri(readUri(wish.uri), readUri(state.contact));
  });
