// STARTTLS (RFC 6120 §5): offered on plain sockets; anything the peer pipelined behind it ends the connection (checklist 8).
import { el } from '@parlance/xml/element';
import { namespaces } from '@parlance/xmpp/namespaces';
import type { ClientStream } from '../stream.ts';
import type { StreamFeature } from './negotiator.ts';

/** `required`: nothing else is offered before TLS (RFC 6120 §5.3.1). */
export const startTls = (required: (stream: ClientStream) => boolean): StreamFeature => ({
  offer: (stream) => {
    if (!stream.canUpgrade) return undefined;
    return required(stream)
      ? el('starttls', namespaces.tls, {}, el('required', namespaces.tls))
      : el('starttls', namespaces.tls);
  },
  handles: [`${namespaces.tls} starttls`],
  handle: (stream) => {
    if (!stream.canUpgrade) {
      stream.send(el('failure', namespaces.tls));
      stream.close();
      return undefined;
    }
    stream.send(el('proceed', namespaces.tls));
    stream.upgrade();
    return undefined;
  },
});
