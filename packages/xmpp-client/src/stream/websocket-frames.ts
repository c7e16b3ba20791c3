// Framing of XMPP over WebSocket: every frame is one document (RFC 7395 §3.3).
import { parseDocument } from '@parlance/xml/document';
import { el } from '@parlance/xml/element';
import { serialise } from '@parlance/xml/serialise';
import { namespaces } from '@parlance/xmpp/namespaces';
import { standingAlone } from '@parlance/xmpp/stream-element';
import { ProtocolError } from '../errors.ts';
import type { Framing, FramingHandler } from './framing.ts';
import { serverLimits, strangerLimits } from './limits.ts';

export const websocketFrames = (handler: FramingHandler): Framing => {
  let limits = strangerLimits;
  return {
    open: ({ to, from, lang }) =>
      serialise(el('open', namespaces.framing, { to, from, 'xml:lang': lang, version: '1.0' })),
    close: serialise(el('close', namespaces.framing)),
    encode: standingAlone,
    received(data) {
      if (typeof data !== 'string') throw new ProtocolError('a binary frame (RFC 7395 §3.2 allows text only)');
      const element = parseDocument(data, limits);
      if (element.ns !== namespaces.framing) handler.element(element);
      else if (element.name === 'open') handler.opened(element);
      else if (element.name === 'close') handler.closed(element.attr('see-other-uri'));
      else throw new ProtocolError(`unknown frame: ${element.name}`);
    },
    trust() {
      limits = serverLimits;
    },
  };
};
