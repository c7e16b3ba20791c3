// What is wrong with a configuration file, as one line for a person: file, line, key and what to do.

/** A configuration that cannot be used. The message is one line. */
export class ConfigurationError extends Error {
  override readonly name = 'ConfigurationError';
}

/** A place in the file: the keys from the outermost inwards. */
export type KeyPath = readonly PropertyKey[];

/** `listen.c2s`, `domains.0.name`. */
export const dotted = (path: KeyPath): string => path.map(String).join('.');
