// The chat as the first screen knows it: it can be asked from the start, and acts once the code behind it has come.
import { Cell, type Readable } from '@parlance/chat/cell';
import type { Chat, Remembered, SessionState } from '@parlance/chat/session/chat';

const nobody = { kind: 'signed-out', failure: undefined, address: undefined } as const;

export class Door {
  readonly #open: () => Promise<Chat>;
  readonly #session = new Cell<SessionState>(nobody);
  #coming: Promise<Chat> | undefined;
  #chat: Chat | undefined;
  #active = true;

  /** `open` rejects when the server does not give us the code; it is asked again when somebody tries again. */
  constructor(open: () => Promise<Chat>) {
    this.#open = open;
  }

  get session(): Readable<SessionState> {
    return this.#session;
  }

  /** Begins to fetch the code. */
  prepare(): void {
    // Nobody waits for it yet: whoever signs in fetches again what did not come, and is told.
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
    this.#chat?.wake();
  }

  /** As Chat.setActive. */
  setActive(active: boolean): void {
    this.#active = active;
    this.#chat?.setActive(active);
  }

  #ask(work: (chat: Chat) => Promise<void>): void {
    this.#fetch().then(work, () => this.#session.set({ ...nobody, failure: 'unreachable' }));
  }

  #fetch(): Promise<Chat> {
    this.#coming ??= this.#open().then(
      (chat) => {
        this.#chat = chat;
        chat.session.subscribe(() => this.#session.set(chat.session.snapshot()));
        chat.setActive(this.#active);
        return chat;
      },
      (error: unknown) => {
        this.#coming = undefined;
        throw error;
      },
    );
    return this.#coming;
  }
}
