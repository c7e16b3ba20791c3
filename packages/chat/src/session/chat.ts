// Signing in and out: at most one account at a time, and the sentence that says why there is none.

import type { KeptKeys, Password } from '@parlance/xmpp/sasl/kept-keys';
import { XmppClient } from '@parlance/xmpp-client/client';
import { AuthenticationError } from '@parlance/xmpp-client/errors';
import { ClientStateIndication } from '@parlance/xmpp-client/features/csi';
import type { Platform } from '@parlance/xmpp-client/platform';
import type { Transport } from '@parlance/xmpp-client/transport';
import { Account } from '../account.ts';
import { Cell, type Readable } from '../cell.ts';
import type { Pages, TextStorage } from '../storage.ts';
import { bind } from './binding.ts';
import { type Failure, failureOf } from './failure.ts';

export type SessionState =
  | {
      readonly kind: 'signed-out';
      readonly failure: Failure | undefined;
      /** Whoever was signed in and need only give the password again. */
      readonly address: string | undefined;
    }
  | { readonly kind: 'signing-in'; readonly remembered: boolean }
  | { readonly kind: 'signed-in'; readonly account: Account };

/** Who is signed in, and the keys that open the account again. */
export interface Remembered {
  /** Bare address. */
  readonly address: string;
  readonly keys: KeptKeys;
}

export interface ChatOptions {
  readonly platform: Platform;
  readonly transport: Transport;
  /** What is kept on this device of one account, by its bare address. */
  readonly storageOf: (address: string) => TextStorage;
  readonly pages: Pages;
  /** The language in which the server writes for people. */
  readonly language: string;
  /** Keeps what signs in again after a reload; undefined when it no longer does. Never the password itself. */
  readonly remember: (signedIn: Remembered | undefined) => void;
  /** Hears of our own bugs. */
  readonly fault: (error: unknown) => void;
}

const nobody: SessionState = { kind: 'signed-out', failure: undefined, address: undefined };

export class Chat {
  readonly #options: ChatOptions;
  readonly #session = new Cell<SessionState>(nobody);
  #client: XmppClient | undefined;
  #account: Account | undefined;
  #indication: ClientStateIndication | undefined;
  #active = true;

  constructor(options: ChatOptions) {
    this.#options = options;
  }

  get session(): Readable<SessionState> {
    return this.#session;
  }

  /** Signs in with a password: one attempt. When it does not work, the session says why not. */
  signIn(address: string, password: string): Promise<void> {
    return this.#signIn(address, password);
  }

  /** Goes on after a reload: tries until the server can be reached, or no longer accepts the keys. */
  goOn({ address, keys }: Remembered): Promise<void> {
    return this.#signIn(address, keys);
  }

  /** Ends the session; what waits to be sent stays on the device. */
  async signOut(): Promise<void> {
    const [client, account] = [this.#client, this.#account];
    this.#client = undefined;
    this.#account = undefined;
    if (client === undefined) return;
    this.#options.remember(undefined);
    this.#session.set(nobody);
    await client.close();
    // Also where the stream was interrupted just now, and nothing comes to an end.
    account?.end();
  }

  /** Whether somebody looks at the page: while nobody does, the server may hold back what can wait (XEP-0352 §3). */
  setActive(active: boolean): void {
    this.#active = active;
    if (this.#indication !== undefined) this.#indication.active = active;
  }

  /** The network may have changed, or somebody wants it now. */
  wake(): void {
    this.#client?.wake();
  }

  async #signIn(address: string, password: Password): Promise<void> {
    await this.signOut();
    const remembered = typeof password !== 'string';
    this.#session.set({ kind: 'signing-in', remembered });
    let client: XmppClient | undefined;
    try {
      client = this.#begin(address, password);
      await client.connect();
    } catch (error) {
      // Signed out meanwhile: nobody waits for a sentence.
      if (this.#client !== client) return;
      this.#client = undefined;
      this.#signedOut(error, remembered ? address : undefined);
    }
  }

  /** `known`: who was signed in until now, or whose kept keys were tried. */
  #signedOut(error: unknown, known?: string): void {
    this.#options.remember(undefined);
    const stale = error instanceof AuthenticationError && error.condition !== 'account-disabled';
    const failure = known !== undefined && stale ? 'password-needed' : failureOf(error);
    this.#session.set({ kind: 'signed-out', failure, address: known });
  }

  #begin(address: string, password: Password): XmppClient {
    const { platform, transport, language, fault, storageOf, pages, remember } = this.#options;
    const client: XmppClient = new XmppClient({
      address,
      password,
      keep: (keys) => {
        if (this.#client === client) remember({ address: own, keys });
      },
      transport,
      language,
      platform,
      fault,
      reconnect: typeof password === 'string' ? 'once-online' : 'always',
    });
    const { account: own } = client;
    const account = new Account({
      address: own,
      clock: platform.clock,
      storage: storageOf(own),
      pages,
      newId: () => client.id(),
    });
    this.#client = client;
    this.#account = account;
    this.#indication = new ClientStateIndication(client);
    this.#indication.active = this.#active;
    bind(client, account);
    client.once('online').then(
      () => this.#session.set({ kind: 'signed-in', account }),
      (error: unknown) => fault(error),
    );
    client.on('fatal', (error) => {
      account.end();
      if (this.#client !== client || this.#session.snapshot().kind !== 'signed-in') return;
      this.#client = undefined;
      this.#signedOut(error, own);
    });
    return client;
  }
}
