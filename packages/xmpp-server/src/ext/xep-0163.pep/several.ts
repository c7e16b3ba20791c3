// Requests of the owner that change several entries at once: what can be done is done, what cannot is returned as it is (XEP-0060 §8.8.2.4, §8.9.2.4).
import type { Element } from '@parlance/xml/element';
import { pubsubOwner } from '@parlance/xmpp/wire/xep-0060.pubsub';
import type { IqAnswer } from '../../extension.ts';

/** An entry that could not be changed. */
export interface Failure {
  readonly error: Element;
  /** The entry as it is, and stays. */
  readonly entry: Element;
}

/** Whether a request names somebody twice, which is no request (§8.9.2.4). */
export const repeats = (entries: readonly { readonly key: string }[]): boolean =>
  new Set(entries.map(({ key }) => key)).size < entries.length;

/** Nothing to say when all was done; otherwise what was not, under the first reason. */
export const outcome = (failures: readonly Failure[], list: (entries: readonly Element[]) => Element): IqAnswer => {
  const [first] = failures;
  if (first === undefined) return undefined;
  return { error: first.error, beside: pubsubOwner(list(failures.map(({ entry }) => entry))) };
};
