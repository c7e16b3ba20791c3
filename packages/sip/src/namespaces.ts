// Namespaces of the documents that SIP carries (IANA register of XML namespaces).

export const namespaces = {
  /** RFC 3863 §4.2.2 */
  pidf: 'urn:ietf:params:xml:ns:pidf',
  /** RFC 4479 §5.1 */
  dataModel: 'urn:ietf:params:xml:ns:pidf:data-model',
  /** RFC 4480 §5.1 */
  rpid: 'urn:ietf:params:xml:ns:pidf:rpid',
  /** RFC 4589 §3, used by RFC 4480 §3.7 */
  locationType: 'urn:ietf:params:xml:ns:location-type',
  /** RFC 3858 §3 */
  watcherInfo: 'urn:ietf:params:xml:ns:watcherinfo',
  /** RFC 3680 §5.1 */
  registrationInfo: 'urn:ietf:params:xml:ns:reginfo',
  /** RFC 4235 §4.1 */
  dialogInfo: 'urn:ietf:params:xml:ns:dialog-info',
  /** RFC 4662 §5.1 */
  listMetadata: 'urn:ietf:params:xml:ns:rlmi',
  /** RFC 4826 §3.1 */
  resourceLists: 'urn:ietf:params:xml:ns:resource-lists',
  /** RFC 4826 §4.1 */
  listServices: 'urn:ietf:params:xml:ns:rls-services',
  /** RFC 4745 §13 */
  commonPolicy: 'urn:ietf:params:xml:ns:common-policy',
  /** RFC 5025 §7 */
  presenceRules: 'urn:ietf:params:xml:ns:pres-rules',
  /** RFC 5438 §11.1 */
  imdn: 'urn:ietf:params:xml:ns:imdn',
  /** RFC 3994 §6 */
  isComposing: 'urn:ietf:params:xml:ns:im-iscomposing',
  /** RFC 6120 §4.8.2; `<show/>` inside of PIDF by RFC 8048 §6.2 */
  jabberClient: 'jabber:client',
} as const;
