// The chat as the first screen knows it: it can be asked from the start, and acts once the code behind it has come.
import { Cell, type Readable } from '@parlance/chat/cell';
import type { Chat, Remembered, SessionState } from '@parlance/chat/session/chat';

const nobody = { kind: 'signed-out', failure: undefined, address: undefined } as const;

export class Door {
  readonly #open: () => Promise<Chat>;
  readonly #session = new Cell<SessionState>(nobody);
  #chat: Promise<Chat> | undefined;
  #active = true;

  /** `open` rejects when the server does not give us the code; it is asked again when somebody tries again. */
  constructor(open: () => Promise<Chat>) {
    this.#open = open;
  }

  get session(): Readable<SessionState> {
    return this.#session;
  }

  /** Begins to fetch the code; a failure is told to whoever signs in. */
  prepare(): void {
    this.#fetch().catch(() => undefined);
  }

  /** As Chat.signIn. */
  signIn(address: string, password: string): void {
    this.#session.set({ kind: 'signing-in', remembered: false });
    this.#ask((chat) => chat.signIn(address, password));
  }

  /** As Chat.goOn. */
  goOn(remembered: Remembered): void {
    this.#session.set({ kind: 'signing-in', remembered: true });
    this.#ask((chat) => chat.goOn(remembered));
  }

  /** As Chat.signOut. */
  signOut(): void {
    this.#ask((chat) => chat.signOut());
  }

  /** As Chat.wake. */
  wake(): void {
    void this.#chat?.then(
      (chat) => chat.wake(),
      () => undefined,
    );
  }

  /** As Chat.setActive. */
  setActive(active: boolean): void {
    this.#active = active;
    void this.#chat?.then(
      (chat) => chat.setActive(active),
      () => undefined,
    );
  }

  #ask(work: (chat: Chat) => Promise<void>): void {
    this.#fetch().then(work, () => this.#session.set({ ...nobody, failure: 'unreachable' }));
  }

  #fetch(): Promise<Chat> {
    this.#chat ??= this.#open().then(
      (chat) => {
        chat.session.subscribe(() => this.#session.set(chat.session.snapshot()));
        chat.setActive(this.#active);
        return chat;
      },
      (error: unknown) => {
        this.#chat = undefined;
        throw error;
      },
    );
    return this.#chat;
  }
}
