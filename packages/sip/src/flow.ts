// A flow: one way to a peer over which messages go both ways (RFC 5626 §3.1). Transports make them, transactions use them.

export type TransportName = 'UDP' | 'TCP' | 'TLS' | 'WS' | 'WSS';

export interface Endpoint {
  /** An IP address without brackets. */
  readonly address: string;
  readonly port: number;
}

export interface Flow {
  /** Unpredictable, never used twice: a binding may name it (RFC 5626 §5.3). */
  readonly id: string;
  readonly transport: TransportName;
  /** Lost messages are the transport's care: TCP and all that stands on it (RFC 3261 §17). */
  readonly reliable: boolean;
  readonly local: Endpoint;
  /** As this host sees it. */
  readonly remote: Endpoint;
  /** False once its connection is gone; a UDP flow stays open. */
  readonly open: boolean;
  /** Queues one message; all of one turn of the event loop leave together. Owned by the flow from then on. False when the flow is closed or its queue is full. */
  send(bytes: Uint8Array): boolean;
}
