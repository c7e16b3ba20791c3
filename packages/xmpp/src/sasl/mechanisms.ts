// The SASL mechanisms of the house by name, strongest first (RFC 5802 §4, RFC 7677, RFC 4616, RFC 4505).
import type { HashName } from '@parlance/base/crypto';

export interface ScramName {
  readonly name: string;
  readonly hash: HashName;
  readonly plus: boolean;
}

/** Bound ones before stronger hashes: a bound channel is what a stolen certificate cannot fake. */
export const scramNames: readonly ScramName[] = [
  { name: 'SCRAM-SHA-256-PLUS', hash: 'SHA-256', plus: true },
  { name: 'SCRAM-SHA-1-PLUS', hash: 'SHA-1', plus: true },
  { name: 'SCRAM-SHA-256', hash: 'SHA-256', plus: false },
  { name: 'SCRAM-SHA-1', hash: 'SHA-1', plus: false },
];

/** Channel-binding types, best first: the exporter is of this connection, the end point of the certificate only (XEP-0440 §3). */
export const bindingTypes = ['tls-exporter', 'tls-server-end-point'] as const;
