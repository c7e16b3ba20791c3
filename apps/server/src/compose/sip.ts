// The SIP side of a running server: its transports, and what is answered as long as nobody above them does (RFC 3261 §8.2, §11.2).
import type { Turn } from '@parlance/base/turn';
import { faultOf } from '@parlance/sip/check';
import type { Flow } from '@parlance/sip/flow';
import { isRequest, type SipMessage } from '@parlance/sip/message';
import { respond } from '@parlance/sip/response';
import { serialise } from '@parlance/sip/serialise';
import { Gate } from '@parlance/sip-server/transport/gate';
import { topVia } from '@parlance/sip-server/transport/top-via';
import { Transports } from '@parlance/sip-server/transport/transports';
import type { WebDoor } from '@parlance/sip-server/transport/web-sockets';
import type { Certificates } from '../certificates/certificates.ts';
import type { Configuration } from '../config/configuration.ts';
import { gateLimits, transportLimits } from './limits.ts';
import type { Ports } from './ports.ts';

export interface SipParts extends Ports {
  readonly configuration: Configuration;
  readonly certificates: Certificates;
  readonly turn: Turn;
}

export interface SipSide {
  readonly transports: Transports;
  /** Takes over WebSockets that speak SIP. */
  readonly door: WebDoor;
}

/** Bits of the tag of an answer that nobody asks about again. */
const tagBits = 64;

export const composeSip = ({ clock, random, crypto, log, configuration, certificates, turn }: SipParts): SipSide => {
  const gate = new Gate(clock, gateLimits);
  const answer = async (message: SipMessage, flow: Flow, datagram: number): Promise<void> => {
    if (!isRequest(message) || message.method === 'ACK') return;
    const fault = faultOf(message);
    const status = fault?.status ?? (message.method === 'OPTIONS' ? 200 : 503);
    const response = respond(message, { status, reason: fault?.message }, random.token(tagBits));
    const bytes = serialise(response);
    if (!gate.admits(flow, datagram, bytes.length)) return;
    (await transports.flowForResponse(topVia(response), flow)).send(bytes);
  };
  const transports: Transports = new Transports({
    clock,
    crypto,
    random,
    log,
    turn,
    limits: transportLimits(configuration),
    advertise: configuration.sip.advertise,
    tls: certificates,
    receive: (message, flow, datagram) => {
      answer(message, flow, datagram).catch((error: unknown) => log.debug('no way back', { error }));
    },
    closed: () => undefined,
  });
  return { transports, door: transports.webDoor() };
};
