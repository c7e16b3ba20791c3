// What is measured: a server started with a configuration of its own, on free loopback ports, with the same accounts everywhere.

/** What every subject is asked for, so that the runs are alike. */
export interface Setting {
  readonly domain: string;
  readonly accounts: readonly { readonly name: string; readonly password: string }[];
  /** Messages of both sides go into an archive on disk. */
  readonly archive: boolean;
  /** A directory of the subject's own. */
  readonly directory: string;
}

export interface Running {
  readonly port: number;
  /** Direct TLS or STARTTLS on the same port; undefined where a subject has none. */
  readonly tls: { readonly port: number; readonly direct: boolean } | undefined;
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
