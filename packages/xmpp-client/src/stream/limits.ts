// How much a server may send us at once: little before we know it, enough for a large roster afterwards.
import type { Limits } from '@parlance/xml/limits';

const shape = { depth: 64, attributes: 64, name: 256, namespaces: 64 };

/** Before authentication: features and challenges only. */
export const strangerLimits: Limits = { ...shape, bytes: 64 * 1024, children: 1_000 };

/** After authentication: a roster of 50,000 contacts fits. */
export const serverLimits: Limits = { ...shape, bytes: 16 * 1024 * 1024, children: 500_000 };
