// The port of metrics: counters and gauges with a fixed, small set of labels (never attacker-chosen values).

export interface Counter {
  add(amount?: number): void;
}

export interface Metrics {
  /** A monotone counter; `name` follows OpenMetrics (`parlance_messages_total`). */
  counter(name: string, help: string): Counter;
  /** A value read when the metrics are collected. */
  gauge(name: string, help: string, read: () => number): void;
}
