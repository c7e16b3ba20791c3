// Names of header fields: one spelling for each, compact forms, and how they are written (RFC 3261 §7.3.1, §7.3.3; IANA register).

/** Compact forms by their letter. */
const compact: ReadonlyMap<string, string> = new Map([
  ['a', 'accept-contact'],
  ['b', 'referred-by'],
  ['c', 'content-type'],
  ['d', 'request-disposition'],
  ['e', 'content-encoding'],
  ['f', 'from'],
  ['i', 'call-id'],
  ['j', 'reject-contact'],
  ['k', 'supported'],
  ['l', 'content-length'],
  ['m', 'contact'],
  ['n', 'identity-info'],
  ['o', 'event'],
  ['r', 'refer-to'],
  ['s', 'subject'],
  ['t', 'to'],
  ['u', 'allow-events'],
  ['v', 'via'],
  ['x', 'session-expires'],
  ['y', 'identity'],
]);

/**
 * Fields of which a message has at most one, so that all who read it read the same (RFC 3261 §7.3.1, §20). Those that only people
 * read are left to them (§16.3). Each has a bit of its own, so that one number holds those which were seen.
 */
export const singles: ReadonlyMap<string, number> = new Map(
  [
    'call-id',
    'content-disposition',
    'content-length',
    'content-type',
    'cseq',
    'date',
    'event',
    'expires',
    'flow-timer',
    'from',
    'max-breadth',
    'max-forwards',
    'min-expires',
    'min-se',
    'rack',
    'refer-to',
    'referred-by',
    'replaces',
    'reply-to',
    'retry-after',
    'rseq',
    'session-expires',
    'sip-etag',
    'sip-if-match',
    'subject',
    'subscription-state',
    'suppress-if-match',
    'to',
  ].map((id, place) => [id, 1 << place]),
);

/** Names as they are mostly written, to spare making them anew: the wire's spelling to ours. */
const known = new Map<string, string>();
for (const name of `Accept Accept-Encoding Accept-Language Alert-Info Allow Allow-Events Authorization Call-ID Call-Info Contact
Content-Disposition Content-Encoding Content-Language Content-Length Content-Type CSeq Date Error-Info Event Expires From
Flow-Timer In-Reply-To Max-Breadth Max-Forwards MIME-Version Min-Expires Min-SE Organization P-Asserted-Identity Path Priority
Proxy-Authenticate Proxy-Authorization Proxy-Require RAck Reason Record-Route Refer-To Referred-By Replaces Reply-To Require
Retry-After Route RSeq Server Service-Route Session-Expires SIP-ETag SIP-If-Match Subject Subscription-State Supported Timestamp
To Unsupported User-Agent Via Warning WWW-Authenticate`.split(/\s+/))
  known.set(name, name.toLowerCase());
const written = new Map([...known].map(([name, id]) => [id, name]));

/** The one spelling of a field's name, in lower case and never compact. */
export const idOf = (name: string): string => {
  const found = known.get(name);
  if (found !== undefined) return found;
  const lower = name.toLowerCase();
  return compact.get(lower) ?? lower;
};

/** How a field is written that we make. */
export const nameOf = (id: string): string =>
  written.get(id) ??
  id
    .split('-')
    .map((part) => part.slice(0, 1).toUpperCase() + part.slice(1))
    .join('-');
