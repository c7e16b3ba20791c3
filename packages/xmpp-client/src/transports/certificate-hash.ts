// The hash of tls-server-end-point channel binding: the one in the certificate's signature algorithm (RFC 5929 §4.1).

type HashName = 'sha256' | 'sha384' | 'sha512';

interface DerValue {
  readonly start: number;
  readonly end: number;
}

/** The DER value whose tag is at `at` (X.690 §8.1.3); undefined when it does not fit in `der`. */
const valueAt = (der: Uint8Array, at: number): DerValue | undefined => {
  const first = der[at + 1];
  if (first === undefined) return undefined;
  const octets = first < 0x80 ? 0 : first & 0x7f;
  if (octets > 4) return undefined;
  let length = octets === 0 ? first : 0;
  for (let i = 0; i < octets; i++) length = length * 256 + (der[at + 2 + i] ?? 0);
  const start = at + 2 + octets;
  return start + length <= der.length ? { start, end: start + length } : undefined;
};

const hex = (bytes: Uint8Array): string => Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('');

/** Signature algorithms with one hash, by object identifier in DER (RFC 4055 §5, RFC 5758 §3.2). MD5 and SHA-1 count as SHA-256. */
const hashes: ReadonlyMap<string, HashName> = new Map([
  ['2a864886f70d010104', 'sha256'],
  ['2a864886f70d010105', 'sha256'],
  ['2a8648ce3d0401', 'sha256'],
  ['2a864886f70d01010b', 'sha256'],
  ['2a864886f70d01010c', 'sha384'],
  ['2a864886f70d01010d', 'sha512'],
  ['2a8648ce3d040302', 'sha256'],
  ['2a8648ce3d040303', 'sha384'],
  ['2a8648ce3d040304', 'sha512'],
]);

/** The hash to take of a DER certificate; undefined when its algorithm has none or several (e.g. Ed25519). */
export const certificateHash = (der: Uint8Array): HashName | undefined => {
  const certificate = valueAt(der, 0);
  const signed = certificate && valueAt(der, certificate.start);
  const algorithm = signed && valueAt(der, signed.end);
  const identifier = algorithm && valueAt(der, algorithm.start);
  return identifier && hashes.get(hex(der.subarray(identifier.start, identifier.end)));
};
