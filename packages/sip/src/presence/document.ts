// Presence documents: what they say of a person, his services and devices (RFC 3863 §4; RFC 4479 §3, §5).
import type { Element } from '@parlance/xml/element';

/** A text for people. */
export interface Note {
  readonly text: string;
  /** `xml:lang`, an outer element's among them (RFC 3863 §4.1.6). */
  readonly language?: string | undefined;
}

export interface Contact {
  readonly uri: string;
  /** From 0 to 1 in thousandths; lowest when undefined (RFC 3863 §4.1.5). */
  readonly priority?: number | undefined;
}

/** What persons, devices and services have in common. Elements that have no place of their own are kept as they came. */
export interface Occurrence {
  /** One document uses each once. */
  readonly id: string;
  readonly notes: readonly Note[];
  /** Milliseconds since 1970. */
  readonly timestamp?: number | undefined;
  /** RPID and all other extensions; `rich.ts` reads them. */
  readonly extensions: readonly Element[];
}

/** A service by which the presentity is reached (RFC 4479 §3.3). */
export interface Tuple extends Occurrence {
  /** Undefined when the status says nothing of it. */
  readonly basic?: 'open' | 'closed' | undefined;
  /** Status values beside `basic` (RFC 3863 §4.2.4). */
  readonly statuses: readonly Element[];
  readonly contact?: Contact | undefined;
  /** Devices by which the service is given (RFC 4479 §3.3). */
  readonly devices: readonly string[];
}

/** The human (RFC 4479 §3.2). */
export interface Person extends Occurrence {}

/** A device (RFC 4479 §3.4). */
export interface Device extends Occurrence {
  /** A URN, the same in all documents. */
  readonly device: string;
}

/** What one source says, or what watchers are told: input and outcome of composition. */
export interface PresenceDocument {
  /** The presentity's URI; '' where a document does not say, as that of RFC 4479 §7.1 does not. */
  readonly entity: string;
  readonly tuples: readonly Tuple[];
  readonly persons: readonly Person[];
  readonly devices: readonly Device[];
  readonly notes: readonly Note[];
  readonly extensions: readonly Element[];
}
