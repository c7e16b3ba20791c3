// What the register of specifications says besides extensions: what the server is made of, and what it passes on untouched.
import type { Support } from './extension.ts';

/** A specification between clients: the server carries it and need not know it. */
export type Carried = Omit<Support, 'status'>;

/** Specifications that are obeyed in many places, or where streams begin. */
export const foundation: readonly Support[] = [
  {
    specification: 'RFC 6120',
    title: 'XMPP: Core',
    version: '2011-03',
    status: 'partial',
    note: 'Everything between clients and their server, but for SASL EXTERNAL; servers are not linked yet.',
  },
  { specification: 'RFC 7395', title: 'XMPP Subprotocol for WebSocket', version: '2014-10', status: 'complete' },
  { specification: 'RFC 7622', title: 'XMPP: Address Format', version: '2015-09', status: 'complete' },
  {
    specification: 'RFC 8264',
    title: 'PRECIS Framework',
    version: '2017-10',
    status: 'complete',
    note: 'For addresses and passwords.',
  },
  { specification: 'RFC 8265', title: 'PRECIS: Usernames and Passwords', version: '2017-10', status: 'complete' },
  {
    specification: 'RFC 4505',
    title: 'SASL ANONYMOUS',
    version: '2006-06',
    status: 'complete',
    note: 'On the domains of auth.anonymous.',
  },
  { specification: 'RFC 4616', title: 'SASL PLAIN', version: '2006-08', status: 'complete', note: 'On a secure path.' },
  { specification: 'RFC 5802', title: 'SASL SCRAM-SHA-1 and -PLUS', version: '2010-07', status: 'complete' },
  { specification: 'RFC 7677', title: 'SASL SCRAM-SHA-256 and -PLUS', version: '2015-11', status: 'complete' },
  {
    specification: 'RFC 5929',
    title: 'Channel Bindings for TLS',
    version: '2010-07',
    status: 'partial',
    note: 'tls-server-end-point.',
  },
  { specification: 'RFC 9266', title: 'Channel Bindings for TLS 1.3', version: '2022-07', status: 'complete' },
  {
    specification: 'XEP-0004',
    title: 'Data Forms',
    version: '2.13.2',
    status: 'complete',
    note: 'Where an extension asks for a form.',
  },
  { specification: 'XEP-0082', title: 'XMPP Date and Time Profiles', version: '1.1.1', status: 'complete' },
  { specification: 'XEP-0198', title: 'Stream Management', version: '1.6.3', status: 'complete' },
  {
    specification: 'XEP-0227',
    title: 'Portable Import/Export Format for XMPP-IM Servers',
    version: '1.1',
    status: 'complete',
    note: '`parlance export` and `parlance import`. Of privacy lists what a block list can say; times of published items are those of the import.',
  },
  {
    specification: 'XEP-0297',
    title: 'Stanza Forwarding',
    version: '1.0',
    status: 'complete',
    note: 'In carbons and archive results.',
  },
  { specification: 'XEP-0368', title: 'SRV records for XMPP over TLS', version: '1.1.0', status: 'complete' },
  { specification: 'XEP-0440', title: 'SASL Channel-Binding Type Capability', version: '1.0.0', status: 'complete' },
];

const keptWithBody = 'Archived and kept for later like any message.';

export const carried: readonly Carried[] = [
  { specification: 'XEP-0066', title: 'Out of Band Data', version: '1.5' },
  {
    specification: 'XEP-0085',
    title: 'Chat State Notifications',
    version: '2.1',
    note: 'Not kept; they wait for idle clients.',
  },
  {
    specification: 'XEP-0172',
    title: 'User Nickname',
    version: '1.1',
    note: 'In presence, and as a node of personal eventing.',
  },
  { specification: 'XEP-0184', title: 'Message Delivery Receipts', version: '1.4.0', note: keptWithBody },
  { specification: 'XEP-0245', title: 'The /me Command', version: '1.0' },
  { specification: 'XEP-0249', title: 'Direct MUC Invitations', version: '1.2', note: keptWithBody },
  { specification: 'XEP-0308', title: 'Last Message Correction', version: '1.2.1', note: keptWithBody },
  { specification: 'XEP-0319', title: 'Last User Interaction in Presence', version: '1.0.2' },
  { specification: 'XEP-0333', title: 'Displayed Markers', version: '1.0.0', note: keptWithBody },
  { specification: 'XEP-0353', title: 'Jingle Message Initiation', version: '0.8.0', note: keptWithBody },
  { specification: 'XEP-0380', title: 'Explicit Message Encryption', version: '0.4.0' },
  {
    specification: 'XEP-0384',
    title: 'OMEMO Encryption',
    version: '0.9.1',
    note: 'Keys and device lists are nodes of personal eventing; messages are archived as they are.',
  },
  {
    specification: 'XEP-0392',
    title: 'Consistent Color Generation',
    version: '1.0.1',
    note: 'Nothing goes over the wire.',
  },
  { specification: 'XEP-0393', title: 'Message Styling', version: '1.1.1' },
  { specification: 'XEP-0424', title: 'Message Retraction', version: '0.4.2', note: keptWithBody },
  { specification: 'XEP-0428', title: 'Fallback Indication', version: '0.2.1' },
  { specification: 'XEP-0444', title: 'Message Reactions', version: '0.2.1', note: keptWithBody },
  { specification: 'XEP-0461', title: 'Message Replies', version: '0.2.1', note: keptWithBody },
];
