// "Is composing": that somebody is typing (RFC 3994 §3, §6).
import { el } from '@parlance/xml/element';
import { readDateTime, writeDateTime } from '../datetime.ts';
import { namespaces } from '../namespaces.ts';
import { readXml, textChild, textOf, unsigned, writeXml } from '../xml.ts';

const ns = namespaces.isComposing;

export interface IsComposing {
  readonly state: 'active' | 'idle';
  /** When something was typed last, in milliseconds since 1970. */
  readonly lastActive?: number | undefined;
  /** What is being composed: a media type, or only its first half. */
  readonly contentType?: string | undefined;
  /** Seconds after which `active` ends if nothing comes; 120 when undefined (§3.3). */
  readonly refresh?: number | undefined;
}

/** Reads an `application/im-iscomposing+xml` body. Throws `SipError` 400; a state that is not known is `idle` (§3.5). */
export const readIsComposing = (body: Uint8Array): IsComposing => {
  const root = readXml(body, 'composing state', 'isComposing', ns);
  return {
    state: textOf(root, 'state') === 'active' ? 'active' : 'idle',
    lastActive: readDateTime(root.childText('lastactive')),
    contentType: textOf(root, 'contenttype'),
    refresh: unsigned(root.childText('refresh')),
  };
};

export const writeIsComposing = ({ state, lastActive, contentType, refresh }: IsComposing): Uint8Array =>
  writeXml(
    el(
      'isComposing',
      ns,
      {},
      el('state', ns, {}, state),
      ...textChild('lastactive', ns, lastActive === undefined ? undefined : writeDateTime(lastActive)),
      ...textChild('contenttype', ns, contentType),
      ...textChild('refresh', ns, refresh),
    ),
  );
