// What requests of the CLI work on: the core of a running server, or of a data directory that was opened for one command.

import type { AccountId, Sequence } from '@parlance/core/ids';
import type { Membership } from '@parlance/core/membership';
import type { RetentionReport } from '@parlance/core/retention';
import type { Core } from '../compose/core.ts';
import type { ListenerRow } from '../compose/listeners.ts';
import type { Ports } from '../compose/ports.ts';
import type { Configuration } from '../config/configuration.ts';
import type { Phones } from './requests.ts';

export interface House {
  readonly configuration: Configuration;
  readonly core: Pick<Core, 'accounts' | 'appPasswords' | 'commits' | 'stores' | 'table' | 'trace'>;
  readonly ports: Pick<Ports, 'clock' | 'crypto'>;
  readonly membership: Membership;
  readonly archiveIds: { seal(account: { readonly id: AccountId }, sequence: Sequence): string };
  /** Absent when nobody runs. */
  readonly running: Running | undefined;
}

export interface Running {
  readonly listeners: readonly ListenerRow[];
  /** Milliseconds since 1970. */
  readonly since: number;
  /** What archives have lost; undefined until they have been gone through once. */
  retention(): RetentionReport | undefined;
  phones(): Phones;
  /** Reads the configuration again; throws a ConfigurationError and keeps the old one when it is not valid. */
  reload(): Promise<readonly string[]>;
}
