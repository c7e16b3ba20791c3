// The port of transport: how a client reaches its server. TCP, TLS and WebSocket implement it, and tests.

/** What a connection tells its owner, in order; nothing comes after `closed`. */
export interface ConnectionOwner {
  /** Bytes of an XML stream, or one WebSocket text frame. */
  received(data: Uint8Array | string): void;
  /** The connection is gone; `error` when not by a proper close. */
  closed(error?: Error): void;
}

/** Channel-binding data by type name (RFC 5929 §4, RFC 9266). */
export type ChannelBindings = ReadonlyMap<'tls-exporter' | 'tls-server-end-point', Uint8Array>;

export interface Connection {
  /** Nobody on the path can read or change it: TLS, or never left this machine. */
  readonly secure: boolean;
  /** Queues text; what is queued in one turn leaves in one write (XML stream), or each call is a frame (WebSocket). */
  write(text: string): void;
  /**
   * Starts TLS (RFC 6120 §5.4.3.3). Rejects when the handshake fails or the certificate is not the domain's.
   * Input after this call is decrypted.
   */
  startTls(): Promise<void>;
  /** Empty when the connection has none (no TLS, or a browser's WebSocket). */
  channelBindings(): ChannelBindings;
  /** Sends what is queued, then closes, whatever the other side does. */
  end(): void;
  /** Closes at once. */
  destroy(): void;
}

export interface Transport {
  /** How the stream is cut: RFC 6120 §4 or RFC 7395 §3.3. */
  readonly framing: 'stream' | 'frames';
  /** Refuse to go on without TLS when the server does not offer it. */
  readonly requireTls: boolean;
  /** Connects, until `signal` says to give up. Rejects with the reason when every address has failed. */
  open(owner: ConnectionOwner, signal: AbortSignal): Promise<Connection>;
  /**
   * The transport for the address of see-other-host (RFC 6120 §4.9.3.19), see-other-uri (RFC 7395 §3.6.1) or the
   * 'location' of XEP-0198 §5; undefined when the address cannot be followed or would be less secure.
   */
  redirected(address: string): Transport | undefined;
}
