// The stream features that extensions announce; each once the client has signed in (RFC 6120 §4.3.2).
import type { Element } from '@parlance/xml/element';
import type { StreamFeature } from './negotiator.ts';

/** One feature that stands for all that extensions registered; `make` is asked for each stream. */
export const extensionFeatures = (make: () => readonly Element[]): StreamFeature => ({
  offer: (stream) => (stream.account === undefined ? [] : make()),
  handles: [],
  handle: () => undefined,
});
