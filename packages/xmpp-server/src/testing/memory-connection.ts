// A connection in memory for tests of what streams say: what is written is kept, and its security is as the test wants it.
import type { ChannelBindings, Connection } from '../connection.ts';

export interface MemoryTraits {
  readonly securePath: boolean;
  readonly bindings: ChannelBindings;
  readonly address: string;
}

export class MemoryConnection implements Connection {
  readonly remote: Connection['remote'];
  readonly transport = 'tls';
  readonly securePath: boolean;
  readonly encrypted = true;
  readonly backlog = 0;
  readonly received = 0;
  readonly #bindings: ChannelBindings;
  #said = '';
  /** Whether our side has ended it. */
  ended = false;

  constructor({ address, securePath, bindings }: MemoryTraits) {
    this.remote = { address, port: 50_000 };
    this.securePath = securePath;
    this.#bindings = bindings;
  }

  bindings(): ChannelBindings {
    return this.#bindings;
  }

  write(text: string): void {
    this.#said += text;
  }

  /** What was written since it was last asked for. */
  take(): string {
    const said = this.#said;
    this.#said = '';
    return said;
  }

  readonly pauseReading = (): undefined => undefined;
  readonly restart = (): undefined => undefined;

  end(): void {
    this.ended = true;
  }

  destroy(): void {
    this.ended = true;
  }
}
