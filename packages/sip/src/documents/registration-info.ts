// Registration information: the bindings of an address, in full or what changed (RFC 3680 §5).
import { type Element, el } from '@parlance/xml/element';
import { malformed } from '../error.ts';
import { namespaces } from '../namespaces.ts';
import { children, known, needed, numeral, readXml, textChild, textOf, unsigned, writeXml } from '../xml.ts';

const ns = namespaces.registrationInfo;
const what = 'registration information';

const contactEvents = [
  'registered',
  'created',
  'refreshed',
  'shortened',
  'expired',
  'deactivated',
  'probation',
  'unregistered',
  'rejected',
] as const;

/** One binding (RFC 3680 §5.1). */
export interface RegisteredContact {
  readonly id: string;
  readonly uri: string;
  readonly state: 'active' | 'terminated';
  readonly event: (typeof contactEvents)[number];
  /** Seconds. */
  readonly expires?: number | undefined;
  readonly registered?: number | undefined;
  /** Seconds after which to come again; with the event `probation`. */
  readonly retryAfter?: number | undefined;
  readonly q?: string | undefined;
  readonly callId?: string | undefined;
  readonly cseq?: number | undefined;
  readonly displayName?: string | undefined;
  /** Contact parameters that have no attribute here, by name. */
  readonly parameters: readonly { readonly name: string; readonly value: string }[];
  /** Elements of other namespaces: the GRUUs of RFC 5628 among them. */
  readonly extensions: readonly Element[];
}

export interface Registration {
  readonly aor: string;
  readonly id: string;
  readonly state: 'init' | 'active' | 'terminated';
  readonly contacts: readonly RegisteredContact[];
}

export interface RegistrationInfo {
  /** 0 for the first document of a subscription, then one more for each. */
  readonly version: number;
  readonly state: 'full' | 'partial';
  readonly registrations: readonly Registration[];
}

/** Reads an `application/reginfo+xml` body. Throws `SipError` 400; contacts of unknown state or event are left out. */
export const readRegistrationInfo = (body: Uint8Array): RegistrationInfo => {
  const root = readXml(body, what, 'reginfo', ns);
  const version = unsigned(root.attr('version'));
  const state = known(['full', 'partial'], root.attr('state'));
  if (version === undefined || state === undefined) throw malformed(what);
  return { version, state, registrations: children(root, 'registration').map(readRegistration) };
};

const readRegistration = (registration: Element): Registration => {
  const state = known(['init', 'active', 'terminated'], registration.attr('state'));
  if (state === undefined) throw malformed(what);
  return {
    aor: needed(registration, 'aor', what),
    id: needed(registration, 'id', what),
    state,
    contacts: children(registration, 'contact').flatMap((contact) => readContact(contact) ?? []),
  };
};

const readContact = (contact: Element): RegisteredContact | undefined => {
  const state = known(['active', 'terminated'], contact.attr('state'));
  const event = known(contactEvents, contact.attr('event'));
  const uri = textOf(contact, 'uri');
  if (state === undefined || event === undefined || uri === undefined) return undefined;
  return {
    id: needed(contact, 'id', what),
    uri,
    state,
    event,
    expires: unsigned(contact.attr('expires')),
    registered: unsigned(contact.attr('duration-registered')),
    retryAfter: unsigned(contact.attr('retry-after')),
    q: contact.attr('q'),
    callId: contact.attr('callid'),
    cseq: unsigned(contact.attr('cseq')),
    displayName: textOf(contact, 'display-name'),
    parameters: children(contact, 'unknown-param').map((parameter) => ({
      name: needed(parameter, 'name', what),
      value: parameter.text(),
    })),
    extensions: contact.elements().filter((child) => child.ns !== ns),
  };
};

export const writeRegistrationInfo = ({ version, state, registrations }: RegistrationInfo): Uint8Array =>
  writeXml(el('reginfo', ns, { version: String(version), state }, ...registrations.map(registrationElement)));

const registrationElement = ({ aor, id, state, contacts }: Registration): Element =>
  el('registration', ns, { aor, id, state }, ...contacts.map(contactElement));

const contactElement = (contact: RegisteredContact): Element =>
  el(
    'contact',
    ns,
    {
      id: contact.id,
      state: contact.state,
      event: contact.event,
      'duration-registered': numeral(contact.registered),
      expires: numeral(contact.expires),
      'retry-after': numeral(contact.retryAfter),
      q: contact.q,
      callid: contact.callId,
      cseq: numeral(contact.cseq),
    },
    el('uri', ns, {}, contact.uri),
    ...textChild('display-name', ns, contact.displayName),
    ...contact.parameters.map(({ name, value }) => el('unknown-param', ns, { name }, value)),
    ...contact.extensions,
  );
