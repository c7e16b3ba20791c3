// What the contract names and this version does not have yet: refused by name when it is asked for, never ignored.
import { isDeepStrictEqual } from 'node:util';
import type { KeyPath } from './refuse.ts';
import { type FileSettings, fileSchema } from './schema.ts';

/** Keys of parts that are not built, with the values beside the default that ask for nothing. */
const missing: readonly (readonly [path: readonly string[], harmless: readonly unknown[]])[] = [
  ...['s2s', 'component', 'admin', 'msrp', 'stun'].map((name) => [['listen', name], [false]] as const),
  [['s2s', 'enabled'], [false]],
  ...['requireTls', 'allow', 'hosts'].map((name) => [['s2s', name], []] as const),
  [
    ['tls', 'acme'],
    [null, false],
  ],
  [
    ['auth', 'registration'],
    ['closed', 'open'],
  ],
  [['storage', 'driver'], []],
  [['storage', 'url'], []],
  [['cluster', 'nats'], []],
  [['cluster', 'node'], []],
  [['components'], [null]],
  ...['externalIp', 'secret', 'url'].map((name) => [['turn', name], []] as const),
  [['direct', 'enabled'], [false]],
];

const at = (settings: unknown, path: readonly string[]): unknown =>
  path.reduce<unknown>((value, key) => (value as Readonly<Record<string, unknown>>)[key], settings);

/** The first key that asks for something this version cannot do. */
export const unavailableKey = (settings: FileSettings): KeyPath | undefined => {
  const defaults = fileSchema.parse({});
  const asked = missing.find(([path, harmless]) => {
    const value = at(settings, path);
    return ![at(defaults, path), ...harmless].some((quiet) => isDeepStrictEqual(value, quiet));
  });
  if (asked !== undefined) return asked[0];
  for (const [index, { tls, auth, s2s }] of settings.domains.entries()) {
    const parts = { s2s, tls: tls?.acme, auth: auth?.registration === 'invite' ? 'invite' : undefined };
    for (const [key, value] of Object.entries(parts))
      if (value !== undefined && value !== null) return ['domains', index, key];
  }
  return undefined;
};
