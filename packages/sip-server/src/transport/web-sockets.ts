// The door to SIP over WebSocket: upgrades taken over from the HTTP side, the subprotocol agreed (RFC 7118 §4.1).
import type { IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';
import type { Admission } from '@parlance/base/admission';
import type { Endpoint } from '@parlance/sip/flow';
import { WebSocketServer } from 'ws';
import type { WebParts } from './web-flow.ts';

/** What the HTTP side knows of whoever is at the other end (ADR 0005). */
export interface WebPeer {
  readonly remote: Endpoint;
  readonly securePath: boolean;
}

export interface WebDoorParts {
  readonly admission: Admission;
  /** Bytes of one message. */
  readonly largest: number;
  /** Takes over a WebSocket. */
  readonly accept: (parts: WebParts) => void;
}

const subprotocol = 'sip';

const offers = ({ headers }: IncomingMessage): boolean =>
  (headers['sec-websocket-protocol'] ?? '').split(',').some((each) => each.trim().toLowerCase() === subprotocol);

const refuse = (wire: Duplex, status: string): void => {
  wire.on('error', () => undefined);
  wire.end(`HTTP/1.1 ${status}\r\nConnection: close\r\nContent-Length: 0\r\n\r\n`, () => wire.destroy());
};

export type WebDoor = (request: IncomingMessage, wire: Duplex, head: Buffer, peer: WebPeer) => void;

/** Takes over requests whose path, origin and security have been checked. Answers each in any case. */
export const webDoor = ({ admission, largest, accept }: WebDoorParts): WebDoor => {
  const server = new WebSocketServer({
    noServer: true,
    clientTracking: false,
    perMessageDeflate: false,
    maxPayload: largest,
    handleProtocols: () => subprotocol,
  });
  return (request, wire, head, { remote, securePath: secure }) => {
    if (!offers(request)) {
      refuse(wire, '400 Bad Request');
      return;
    }
    if (!admission.enter(remote.address)) {
      refuse(wire, '503 Service Unavailable');
      return;
    }
    wire.once('close', () => admission.leave(remote.address));
    server.handleUpgrade(request, wire, head, (socket) => accept({ socket, wire, remote, secure }));
  };
};
