// What transports need of their surroundings, what they may cost, and the errors that they give (RFC 3261 §18).
import type { SecureContext, SecureContextOptions } from 'node:tls';
import type { AdmissionLimits } from '@parlance/base/admission';
import type { Clock } from '@parlance/base/clock';
import type { Crypto } from '@parlance/base/crypto';
import type { Log } from '@parlance/base/log';
import type { Random } from '@parlance/base/random';
import type { Turn } from '@parlance/base/turn';
import type { Flow, TransportName } from '@parlance/sip/flow';
import type { SipMessage } from '@parlance/sip/message';

/** Connections are limited by `AdmissionLimits`; each of them by what follows. */
export interface TransportLimits extends AdmissionLimits {
  /** Bytes of one message's head, and of its body. */
  readonly head: number;
  readonly body: number;
  /** Bytes that are held of one whom nobody has called trusted. */
  readonly stranger: number;
  /** Milliseconds in which a stranger says a whole message, from the connection's begin and from the last one on. */
  readonly patience: number;
  /** Milliseconds that a trusted connection may be silent in both directions. */
  readonly idle: number;
  /** Milliseconds that a connection which we opened stays without use; at least 64·T1 (RFC 3261 §18). */
  readonly unused: number;
  /** Milliseconds for opening a connection, TLS included, whichever side begins. */
  readonly opening: number;
  /** Bytes that wait for one peer. */
  readonly outbound: number;
}

/** The certificates in force. */
export interface TlsPort {
  /** For peers that name a host (RFC 6066 §3). */
  context(serverName: string): SecureContext;
  /** For those that do not, and what we show when we connect; asked again after every change. */
  fallback(): SecureContextOptions;
  onChange(run: () => void): void;
}

export interface TransportParts {
  readonly clock: Clock;
  readonly crypto: Crypto;
  readonly random: Random;
  readonly log: Log;
  readonly turn: Turn;
  readonly limits: TransportLimits;
  /** Host of our Via and Contact; undefined: the local address of each flow (CONTRACT, `sip.advertise`). */
  readonly advertise?: string | undefined;
  /** Undefined: no TLS in either direction. */
  readonly tls?: TlsPort | undefined;
  /**
   * A message of which nothing is known but that its first line is one of SIP. A request's top Via says where it came from.
   * `datagram` is the size in bytes of what came by UDP; 0 where a connection proves its peer.
   */
  receive(message: SipMessage, flow: Flow, datagram: number): void;
  /** A connection is gone. Flows of UDP are never gone. */
  closed(flow: Flow): void;
  /** A datagram that begins as STUN does (RFC 8489 §5); undefined: ignored. */
  stun?(bytes: Uint8Array, flow: Flow): void;
}

/** Where a message shall go. */
export interface Target {
  readonly transport: TransportName;
  /** An IP address without brackets. */
  readonly address: string;
  readonly port: number;
  /** Whom a TLS peer must prove to be (RFC 5922 §7.3); without it, its address. */
  readonly serverName?: string | undefined;
}

/** A point that listens. */
export interface Listening {
  readonly address: string;
  readonly port: number;
  /** Takes nothing more; connections end. Resolves when the last one has gone. */
  readonly close: () => Promise<void>;
}

/** No way to a place: it counts as a 503 (RFC 3261 §8.1.3.1, §18.4). */
export class Unreachable extends Error {
  override readonly name = 'Unreachable';
}
