// Somebody who talks without pause while the server is being killed, and remembers what was said, acknowledged and heard.
import { el } from '@parlance/xml/element';
import { namespaces } from '@parlance/xmpp/namespaces';
import { XmppClient } from '@parlance/xmpp-client/client';
import { unencrypted } from '../unencrypted.ts';

export interface TalkerOptions {
  readonly address: string;
  readonly password: string;
  readonly partner: string;
  readonly port: number;
  /** After a broken connection it begins anew and forgets what was not acknowledged; otherwise it resumes and sends again. */
  readonly forgetful: boolean;
  /** Messages that are on their way at a time. */
  readonly inFlight: number;
}

export class Talker {
  readonly options: TalkerOptions;
  readonly acknowledged = new Set<string>();
  readonly said = new Set<string>();
  readonly heard = new Set<string>();
  /** Messages that one session was given more than once. */
  readonly doubled = new Set<string>();
  readonly errors: string[] = [];
  #client: XmppClient | undefined;
  #waiting = 0;
  #talking = false;
  #count = 0;
  #leaving = Promise.resolve();

  constructor(options: TalkerOptions) {
    this.options = options;
  }

  get client(): XmppClient {
    if (this.#client === undefined) throw new Error('not connected');
    return this.#client;
  }

  async connect(): Promise<void> {
    const { address, password, port } = this.options;
    const domain = address.slice(address.indexOf('@') + 1);
    const transport = unencrypted(domain, port);
    const client = new XmppClient({ address, password, transport, fault: (error) => this.errors.push(String(error)) });
    this.#client = client;
    let inThisSession = new Set<string>();
    client.on('message', (message) => {
      const id = message.attr('id') ?? '';
      if (message.attr('type') === 'error') this.errors.push(`refused: ${id}`);
      if (inThisSession.has(id)) this.doubled.add(id);
      inThisSession.add(id);
      this.heard.add(id);
    });
    client.on('online', () => {
      inThisSession = new Set();
    });
    client.on('online', () => void client.send(el('presence', namespaces.client)));
    client.on('fatal', (error) => this.errors.push(String(error)));
    if (this.options.forgetful) client.on('offline', () => this.#beginAnew(client));
    await client.connect();
  }

  /** Says one thing after the other until `hush`. */
  talk(): void {
    this.#talking = true;
    while (this.#talking && this.#waiting < this.options.inFlight) this.#say();
  }

  hush(): void {
    this.#talking = false;
  }

  /** Nothing is on its way any more. */
  get quiet(): boolean {
    return this.#waiting === 0;
  }

  async close(): Promise<void> {
    this.hush();
    await this.#leaving;
    await this.#client?.close();
  }

  #say(): void {
    const id = `${this.options.address} ${this.#count++}`;
    const body = el('body', namespaces.client, {}, id);
    this.said.add(id);
    this.#waiting++;
    const delivery = this.client.send(
      el('message', namespaces.client, { to: this.options.partner, type: 'chat', id }, body),
    );
    void delivery.outcome().then((state) => {
      this.#waiting--;
      if (state === 'acked') this.acknowledged.add(id);
      if (this.#talking && this.#client?.state === 'online') this.talk();
    });
  }

  #beginAnew(client: XmppClient): void {
    if (this.#client !== client) return;
    this.#leaving = client
      .close()
      .then(() => this.connect())
      .then(() => {
        if (this.#talking) this.talk();
      })
      .catch((error: unknown) => void this.errors.push(String(error)));
  }
}
