// A client for tests that says exactly what it is told to and keeps what it hears.
import { connect, type Socket } from 'node:net';

/** Milliseconds to wait for something expected. */
const patience = 5000;

export class RawClient {
  #heard = '';
  #socket: Socket;
  #closed = false;
  #gaveUp = false;
  #wake: () => void = () => undefined;

  constructor(socket: Socket) {
    this.#socket = socket;
    this.#listen(socket);
  }

  static to(port: number): RawClient {
    return new RawClient(connect(port, '127.0.0.1'));
  }

  get socket(): Socket {
    return this.#socket;
  }

  /** Goes on over another socket, as after STARTTLS. */
  over(socket: Socket): void {
    this.#socket.removeAllListeners('data');
    this.#socket = socket;
    this.#listen(socket);
  }

  say(text: string | Uint8Array): void {
    this.#socket.write(text);
  }

  /** Everything up to and with the first match, which is then forgotten. */
  async hears(what: RegExp): Promise<string> {
    await this.#until(() => what.test(this.#heard) || this.#closed, String(what));
    const found = what.exec(this.#heard);
    if (found === null) throw new Error(`closed, and ${String(what)} was not in: ${this.#heard}`);
    const end = found.index + found[0].length;
    const text = this.#heard.slice(0, end);
    this.#heard = this.#heard.slice(end);
    return text;
  }

  /** What was heard until the server closed the connection. */
  async end(): Promise<string> {
    await this.#until(() => this.#closed, 'the end');
    return this.#heard;
  }

  destroy(): void {
    this.#socket.destroy();
  }

  #listen(socket: Socket): void {
    socket.on('data', (bytes: Buffer) => {
      this.#heard += bytes.toString();
      this.#wake();
    });
    socket.on('error', () => undefined);
    socket.on('close', () => {
      if (socket !== this.#socket) return;
      this.#closed = true;
      this.#wake();
    });
  }

  async #until(done: () => boolean, what: string): Promise<void> {
    const limit = setTimeout(() => {
      this.#gaveUp = true;
      this.#wake();
    }, patience);
    while (!done() && !this.#gaveUp)
      await new Promise<void>((resolve) => {
        this.#wake = resolve;
      });
    clearTimeout(limit);
    if (!done()) throw new Error(`${what} did not come; heard: ${this.#heard}`);
  }
}
