// Which sentence tells why a message came back (RFC 6120 §8.3.3).

export type Reason = 'unreachable' | 'gone' | 'refused' | 'try-later';

const reasons: Readonly<Record<string, Reason>> = {
  'remote-server-not-found': 'unreachable',
  'remote-server-timeout': 'unreachable',
  gone: 'gone',
  'item-not-found': 'gone',
  'service-unavailable': 'gone',
  'resource-constraint': 'try-later',
  'recipient-unavailable': 'try-later',
  'internal-server-error': 'try-later',
};

/** The sentence for a condition; whatever else it is, the recipient's side has refused. */
export const failureKey = (condition: string | undefined): Reason => reasons[condition ?? ''] ?? 'refused';
