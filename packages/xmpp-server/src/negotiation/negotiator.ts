// Negotiation of a stream before a session is bound: which features are offered, who handles their elements (RFC 6120 §4.3).
import type { Element } from '@parlance/xml/element';
import { el } from '@parlance/xml/element';
import { namespaces } from '@parlance/xmpp/namespaces';
import { isStanza } from '@parlance/xmpp/stanza';
import { StreamError } from '@parlance/xmpp/stream-error';
import type { ClientStream } from '../stream.ts';

/** One negotiable feature. */
export interface StreamFeature {
  /** What to offer now in the features element; undefined when it does not apply to this stream's state. */
  offer(stream: ClientStream): Element | readonly Element[] | undefined;
  /** First-level elements it handles, as `namespace name`. */
  readonly handles: readonly string[];
  handle(stream: ClientStream, element: Element): Promise<void> | undefined;
}

export interface Negotiator {
  /** The peer opened the stream and our header is out: offer what is left. */
  opened(): void;
  element(element: Element): Promise<void> | undefined;
}

/** Offers and dispatches. Features are given in the order of their announcement; SASL keeps its state per stream. */
export class FeatureNegotiator implements Negotiator {
  readonly #stream: ClientStream;
  readonly #features: readonly StreamFeature[];

  constructor(stream: ClientStream, features: readonly StreamFeature[]) {
    this.#stream = stream;
    this.#features = features;
  }

  opened(): void {
    const offers = this.#features.flatMap((feature) => feature.offer(this.#stream) ?? []);
    this.#stream.send(el('features', namespaces.stream, {}, ...offers));
  }

  element(element: Element): Promise<void> | undefined {
    const key = `${element.ns} ${element.name}`;
    const feature = this.#features.find((each) => each.handles.includes(key));
    if (feature !== undefined) return feature.handle(this.#stream, element);
    throw new StreamError(isStanza(element) ? 'not-authorized' : 'unsupported-stanza-type');
  }
}
