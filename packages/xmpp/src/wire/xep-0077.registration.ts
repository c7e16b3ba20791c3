// In-band registration on the wire: who wants an account, another password, or to leave (XEP-0077 §3).
import { type Element, el } from '@parlance/xml/element';
import { namespaces } from '../namespaces.ts';

const { register } = namespaces;

/** What a request of type set asks for. Texts are as they were typed; '' where they are missing. */
export type RegistrationRequest =
  | { readonly kind: 'remove' }
  | { readonly kind: 'fields'; readonly username: string; readonly password: string };

/** The fields to fill in; with what is known of somebody who is registered already (§3.1, Examples 2 and 3). */
export const registrationForm = (instructions: string, registered?: string): Element =>
  el(
    'query',
    register,
    {},
    ...(registered === undefined ? [] : [el('registered', register)]),
    el('instructions', register, {}, instructions),
    el('username', register, {}, ...(registered === undefined ? [] : [registered])),
    el('password', register),
  );

/** A request for an account or for another password (§3.1, §3.3). */
export const registrationFields = (username: string, password: string): Element =>
  el('query', register, {}, el('username', register, {}, username), el('password', register, {}, password));

/** A request to leave (§3.2). */
export const registrationRemoval = (): Element => el('query', register, {}, el('remove', register));

/** Reads a `<query/>` of type set; undefined when `<remove/>` is not its only child (§3.2, Table 1). */
export const readRegistration = (query: Element): RegistrationRequest | undefined => {
  const { length } = query.elements();
  if (query.child('remove') !== undefined) return length === 1 ? { kind: 'remove' } : undefined;
  return { kind: 'fields', username: query.childText('username') ?? '', password: query.childText('password') ?? '' };
};
