// Time, chance and hash functions of a phone that runs in Node.
import { hash } from 'node:crypto';
import type { Clock } from '@parlance/base/clock';
import type { DigestHash } from '@parlance/base/crypto';
import type { Random } from '@parlance/base/random';
import { systemPlatform } from '@parlance/xmpp-client/platform';

export const { clock, random }: { readonly clock: Clock; readonly random: Random } = systemPlatform;

const names = { MD5: 'md5', 'SHA-256': 'sha256', 'SHA-512-256': 'sha512-256' } as const;

/** RFC 7616 §3.7. */
export const digest: DigestHash = (algorithm, data) => hash(names[algorithm], data, 'hex');

/** From 0 up to 1. */
export const chance = (): number => (random.bytes(1)[0] ?? 0) / 256;
