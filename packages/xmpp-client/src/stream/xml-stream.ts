// Framing of an XML stream over TCP or TLS (RFC 6120 §4).
import type { Element } from '@parlance/xml/element';
import { XmlScanner } from '@parlance/xml/scanner';
import { escapeAttr } from '@parlance/xml/serialise';
import { namespaces } from '@parlance/xmpp/namespaces';
import { inStream } from '@parlance/xmpp/stream-element';
import { ProtocolError } from '../errors.ts';
import type { Framing, FramingHandler, StreamHeader } from './framing.ts';
import { serverLimits, strangerLimits } from './limits.ts';

const attribute = (name: string, value: string | undefined): string =>
  value === undefined ? '' : ` ${name}='${escapeAttr(value)}'`;

/** RFC 6120 §4.2, §4.8.5: the header of a client's stream, with the customary prefix. */
const headerText = ({ to, from, lang }: StreamHeader): string =>
  `<?xml version='1.0'?><stream:stream xmlns='${namespaces.client}' xmlns:stream='${namespaces.stream}'` +
  `${attribute('to', to)}${attribute('from', from)}${attribute('xml:lang', lang)} version='1.0'>`;

export const xmlStream = (handler: FramingHandler): Framing => {
  let paused = false;
  const scanner: XmlScanner = new XmlScanner(
    {
      open: (root: Element) => {
        // RFC 6120 §4.8.1.
        if (root.ns !== namespaces.stream || root.name !== 'stream') throw new ProtocolError('this is no XMPP stream');
        handler.opened(root);
      },
      element: (element: Element) => {
        if (!handler.element(element)) return;
        paused = true;
        scanner.pause();
      },
      close: () => handler.closed(),
    },
    strangerLimits,
  );
  return {
    open(header) {
      paused = false;
      scanner.reset();
      return headerText(header);
    },
    close: '</stream:stream>',
    encode: inStream,
    received(data) {
      if (typeof data === 'string') throw new ProtocolError('text from a byte stream');
      // RFC 6120 §5.4.3.3: what came in clear after <proceed/> must not become part of the protected stream.
      const left = paused ? data.length : data.length - scanner.write(data);
      if (left > 0) throw new ProtocolError('the server sent data in clear after it agreed to TLS');
    },
    trust() {
      scanner.limits = serverLimits;
    },
  };
};
