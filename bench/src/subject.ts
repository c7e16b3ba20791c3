// What is measured: a server started with a configuration of its own, on free loopback ports, with the same accounts everywhere.

export interface Person {
  readonly name: string;
  readonly password: string;
}

/** What every subject is asked for, so that the runs are alike. */
export interface Setting {
  readonly domain: string;
  readonly people: readonly Person[];
  /** Messages of both sides go into an archive on disk. */
  readonly archive: boolean;
  /** A directory of the subject's own. */
  readonly directory: string;
  /** One certificate for all subjects, PEM files. */
  readonly certificate: { readonly cert: string; readonly key: string };
}

export interface Running {
  /** Plain TCP, on which SASL PLAIN is allowed. */
  readonly port: number;
  /** TLS from the first byte; undefined where a subject has none. */
  readonly tlsPort: number | undefined;
  /** Every process of the server; their threads count with them. */
  pids(): readonly number[];
  stop(): Promise<void>;
}

export interface Subject {
  readonly name: string;
  /** As its own program tells it. */
  version(): string;
  /** Undefined when it can run here, else what installs it. */
  missing(): string | undefined;
  start(setting: Setting): Promise<Running>;
}
