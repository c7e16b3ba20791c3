// Signing in over an attacker's wire: by the book, so that what comes afterwards is an insider's attack.
import type { House } from '../house.ts';
import { password } from '../house.ts';
import { type Wire, type WireName, wireTo } from './wire.ts';

export const saslNs = 'urn:ietf:params:xml:ns:xmpp-sasl';

export const base64 = (text: string): string => Buffer.from(text).toString('base64');

/** `<auth/>` with PLAIN (RFC 4616). */
export const plain = (user: string, authzid = '', secret = password): string =>
  `<auth xmlns='${saslNs}' mechanism='PLAIN'>${base64(`${authzid}\0${user}\0${secret}`)}</auth>`;

/** A wire whose stream is open: what comes next is the attacker's. */
export const opened = async (house: House, name: WireName, domain = 'localhost'): Promise<Wire> => {
  const wire = await wireTo(house, name);
  wire.header(domain);
  await wire.hears(/<\/stream:features>/);
  return wire;
};

/** Signed in, and the stream begun anew. */
export const authenticated = async (house: House, name: WireName, address: string): Promise<Wire> => {
  const [user = '', domain = ''] = address.split('@');
  const wire = await opened(house, name, domain);
  wire.say(plain(user));
  await wire.hears(/<success /);
  wire.header(domain);
  await wire.hears(/<\/stream:features>/);
  return wire;
};

/** Signed in and bound. */
export const inside = async (house: House, name: WireName, address: string, resource: string): Promise<Wire> => {
  const wire = await authenticated(house, name, address);
  wire.say(
    `<iq xmlns='jabber:client' type='set' id='bind'><bind xmlns='urn:ietf:params:xml:ns:xmpp-bind'><resource>${resource}</resource></bind></iq>`,
  );
  await wire.hears(/<\/bind><\/iq>/);
  return wire;
};

/** Answers come in order: what was heard until a ping was answered is all that there is. */
export const settled = async (wire: Wire): Promise<string> => {
  wire.say("<iq xmlns='jabber:client' type='get' id='settled'><ping xmlns='urn:xmpp:ping'/></iq>");
  return wire.hears(/<iq [^>]*id='settled'[^>]*>/);
};
