// Every XML namespace of the house, by one name each; the specification that defines it stands beside it.

export const namespaces = {
  client: 'jabber:client', // RFC 6120 §11.2
  server: 'jabber:server',
  stream: 'http://etherx.jabber.org/streams',
  streamErrors: 'urn:ietf:params:xml:ns:xmpp-streams',
  stanzas: 'urn:ietf:params:xml:ns:xmpp-stanzas',
  tls: 'urn:ietf:params:xml:ns:xmpp-tls',
  sasl: 'urn:ietf:params:xml:ns:xmpp-sasl',
  bind: 'urn:ietf:params:xml:ns:xmpp-bind',
  session: 'urn:ietf:params:xml:ns:xmpp-session', // RFC 3921 §3
  framing: 'urn:ietf:params:xml:ns:xmpp-framing', // RFC 7395
  roster: 'jabber:iq:roster', // RFC 6121 §2
  rosterVer: 'urn:xmpp:features:rosterver',
  preApproval: 'urn:xmpp:features:pre-approval',
  data: 'jabber:x:data', // XEP-0004
  last: 'jabber:iq:last', // XEP-0012
  discoInfo: 'http://jabber.org/protocol/disco#info', // XEP-0030
  discoItems: 'http://jabber.org/protocol/disco#items',
  privacy: 'jabber:iq:privacy', // XEP-0016
  privateStorage: 'jabber:iq:private', // XEP-0049
  vcard: 'vcard-temp', // XEP-0054
  dataValidate: 'http://jabber.org/protocol/xdata-validate', // XEP-0122
  rsm: 'http://jabber.org/protocol/rsm', // XEP-0059
  pubsub: 'http://jabber.org/protocol/pubsub', // XEP-0060
  pubsubEvent: 'http://jabber.org/protocol/pubsub#event',
  pubsubOwner: 'http://jabber.org/protocol/pubsub#owner',
  pubsubErrors: 'http://jabber.org/protocol/pubsub#errors',
  pubsubPublishOptions: 'http://jabber.org/protocol/pubsub#publish-options',
  pubsubMetadata: 'http://jabber.org/protocol/pubsub#meta-data',
  pubsubNodeConfig: 'http://jabber.org/protocol/pubsub#node_config',
  register: 'jabber:iq:register', // XEP-0077
  registerFeature: 'http://jabber.org/features/iq-register',
  avatarData: 'urn:xmpp:avatar:data', // XEP-0084
  avatarMetadata: 'urn:xmpp:avatar:metadata',
  chatstates: 'http://jabber.org/protocol/chatstates', // XEP-0085
  version: 'jabber:iq:version', // XEP-0092
  caps: 'http://jabber.org/protocol/caps', // XEP-0115
  bosh: 'http://jabber.org/protocol/httpbind', // XEP-0124
  xbosh: 'urn:xmpp:xbosh', // XEP-0206
  vcardUpdate: 'vcard-temp:x:update', // XEP-0153
  offline: 'msgoffline', // XEP-0160
  nick: 'http://jabber.org/protocol/nick', // XEP-0172
  receipts: 'urn:xmpp:receipts', // XEP-0184
  blocking: 'urn:xmpp:blocking', // XEP-0191
  blockingErrors: 'urn:xmpp:blocking:errors',
  sm: 'urn:xmpp:sm:3', // XEP-0198
  ping: 'urn:xmpp:ping', // XEP-0199
  time: 'urn:xmpp:time', // XEP-0202
  delay: 'urn:xmpp:delay', // XEP-0203
  portable: 'urn:xmpp:pie:0', // XEP-0227
  portableScram: 'urn:xmpp:pie:0#scram',
  portableArchive: 'urn:xmpp:pie:0#mam',
  /** What our accounts have and others have not. */
  portableAccount: 'urn:parlance:account:0',
  xinclude: 'http://www.w3.org/2001/XInclude',
  carbons: 'urn:xmpp:carbons:2', // XEP-0280
  forward: 'urn:xmpp:forward:0', // XEP-0297
  mam: 'urn:xmpp:mam:2', // XEP-0313
  mamExtended: 'urn:xmpp:mam:2#extended',
  idle: 'urn:xmpp:idle:1', // XEP-0319
  markers: 'urn:xmpp:chat-markers:0', // XEP-0333
  hints: 'urn:xmpp:hints', // XEP-0334
  csi: 'urn:xmpp:csi:0', // XEP-0352
  sid: 'urn:xmpp:sid:0', // XEP-0359
  pepVcardConversion: 'urn:xmpp:pep-vcard-conversion:0', // XEP-0398
  bookmarks: 'urn:xmpp:bookmarks:1', // XEP-0402
  channelBindings: 'urn:xmpp:sasl-cb:0', // XEP-0440
  mds: 'urn:xmpp:mds:displayed:0', // XEP-0490
} as const;
