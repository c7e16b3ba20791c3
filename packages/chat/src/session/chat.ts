// Signing in and out: at most one account at a time, and the sentence that says why there is none.
import { XmppClient } from '@parlance/xmpp-client/client';
import type { Platform } from '@parlance/xmpp-client/platform';
import type { Transport } from '@parlance/xmpp-client/transport';
import { Account } from '../account.ts';
import { Cell, type Readable } from '../cell.ts';
import type { TextStorage } from '../storage.ts';
import { bind } from './binding.ts';
import { type Failure, failureOf } from './failure.ts';

export type SessionState =
  | { readonly kind: 'signed-out'; readonly failure: Failure | undefined }
  | { readonly kind: 'signing-in' }
  | { readonly kind: 'signed-in'; readonly account: Account };

export interface ChatOptions {
  readonly platform: Platform;
  readonly transport: Transport;
  /** What is kept on this device of one account, by its bare address. */
  readonly storageOf: (address: string) => TextStorage;
  /** The language in which the server writes for people. */
  readonly language: string;
  /** Hears of our own bugs. */
  readonly fault: (error: unknown) => void;
}

export class Chat {
  readonly #options: ChatOptions;
  readonly #session = new Cell<SessionState>({ kind: 'signed-out', failure: undefined });
  #client: XmppClient | undefined;

  constructor(options: ChatOptions) {
    this.#options = options;
  }

  get session(): Readable<SessionState> {
    return this.#session;
  }

  /** Signs in; true when it worked, otherwise the session says why not. */
  async signIn(address: string, password: string): Promise<boolean> {
    await this.signOut();
    this.#session.set({ kind: 'signing-in' });
    try {
      const client = this.#begin(address, password);
      await client.connect();
      return true;
    } catch (error) {
      this.#client = undefined;
      this.#session.set({ kind: 'signed-out', failure: failureOf(error) });
      return false;
    }
  }

  /** Ends the session; what waits to be sent stays on the device. */
  async signOut(): Promise<void> {
    const client = this.#client;
    this.#client = undefined;
    if (client === undefined) return;
    this.#session.set({ kind: 'signed-out', failure: undefined });
    await client.close();
  }

  /** The network may have changed, or somebody wants it now. */
  wake(): void {
    this.#client?.wake();
  }

  #begin(address: string, password: string): XmppClient {
    const { platform, transport, language, fault, storageOf } = this.#options;
    const client = new XmppClient({
      address,
      password,
      transport,
      language,
      platform,
      fault,
      reconnect: 'once-online',
    });
    const { account: own } = client;
    const account = new Account({
      address: own,
      clock: platform.clock,
      storage: storageOf(own),
      newId: () => client.id(),
    });
    this.#client = client;
    bind(client, account);
    client.once('online').then(
      () => this.#session.set({ kind: 'signed-in', account }),
      (error: unknown) => fault(error),
    );
    client.on('fatal', (error) => {
      if (this.#client !== client || this.#session.snapshot().kind !== 'signed-in') return;
      this.#client = undefined;
      this.#session.set({ kind: 'signed-out', failure: failureOf(error) });
    });
    return client;
  }
}
