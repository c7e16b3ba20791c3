// What goes wrong in an authentication: closed types, and the conditions that tell of it (RFC 6120 §6.5, RFC 5802 §7).

/** RFC 6120 §6.5. */
export type SaslCondition =
  | 'aborted'
  | 'account-disabled'
  | 'credentials-expired'
  | 'encryption-required'
  | 'incorrect-encoding'
  | 'invalid-authzid'
  | 'invalid-mechanism'
  | 'malformed-request'
  | 'mechanism-too-weak'
  | 'not-authorized'
  | 'temporary-auth-failure';

const conditions: ReadonlySet<string> = new Set<SaslCondition>([
  'aborted',
  'account-disabled',
  'credentials-expired',
  'encryption-required',
  'incorrect-encoding',
  'invalid-authzid',
  'invalid-mechanism',
  'malformed-request',
  'mechanism-too-weak',
  'not-authorized',
  'temporary-auth-failure',
]);

const isCondition = (name: string): name is SaslCondition => conditions.has(name);

/** The condition of that name; an unknown one means `not-authorized` (RFC 6120 §6.5). */
export const saslCondition = (name: string): SaslCondition => (isCondition(name) ? name : 'not-authorized');

/** Why a server refuses a SCRAM message: `server-error-value` of RFC 5802 §7. */
export type ScramRefusal =
  | 'invalid-encoding'
  | 'extensions-not-supported'
  | 'invalid-proof'
  | 'channel-bindings-dont-match'
  | 'server-does-support-channel-binding'
  | 'channel-binding-not-supported'
  | 'unsupported-channel-binding-type'
  | 'unknown-user'
  | 'invalid-username-encoding'
  | 'no-resources'
  | 'other-error';

/**
 * The total table from SCRAM's errors to XMPP's; unknown users look like wrong passwords (RFC 6120 §6.5.10).
 * A binding that cannot be is told before any proof is looked at: nobody has guessed a password.
 */
export const scramConditions: Readonly<Record<ScramRefusal, SaslCondition>> = {
  'invalid-encoding': 'malformed-request',
  'extensions-not-supported': 'malformed-request',
  'invalid-proof': 'not-authorized',
  'channel-bindings-dont-match': 'not-authorized',
  'server-does-support-channel-binding': 'malformed-request',
  'channel-binding-not-supported': 'malformed-request',
  'unsupported-channel-binding-type': 'malformed-request',
  'unknown-user': 'not-authorized',
  'invalid-username-encoding': 'malformed-request',
  'no-resources': 'temporary-auth-failure',
  'other-error': 'not-authorized',
};

/** A message that cannot be gone on with; thrown where it is read, answered once by the machine that was given it. */
export class ScramError extends Error {
  readonly refusal: ScramRefusal;

  constructor(refusal: ScramRefusal) {
    super(refusal);
    this.refusal = refusal;
  }
}

/** Why a client gives up: the server's messages are wrong, dangerous, or prove nothing. */
export type ClientRefusal =
  | 'malformed'
  | 'wrong-nonce'
  | 'too-few-rounds'
  | 'too-many-rounds'
  | 'server-error'
  | 'server-not-authentic'
  | 'unusable-password'
  /** The keys that were kept are for another salt. */
  | 'password-needed'
  | 'unusable-name';

/** Ends the client's attempt; it must not take the server for authentic. */
export class SaslError extends Error {
  readonly refusal: ClientRefusal;

  constructor(refusal: ClientRefusal) {
    super(refusal);
    this.refusal = refusal;
  }
}
