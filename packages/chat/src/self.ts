// Ourselves: how available we say we are, and with which words and picture (RFC 6121 §4.7, XEP-0084, XEP-0398).

import { type Element, el } from '@parlance/xml/element';
import { namespaces } from '@parlance/xmpp/namespaces';
import { presence } from '@parlance/xmpp/wire/rfc-6121.presence';
import { ConnectionLost } from '@parlance/xmpp-client/errors';
import type { Picture } from '@parlance/xmpp-client/features/avatar';
import { Cell, type Readable } from './cell.ts';
import type { Line } from './line.ts';
import { loadJson, type TextStorage } from './storage.ts';

/** What we may say of ourselves while online. */
export type OwnAvailability = 'online' | 'away' | 'busy';

export interface OwnStatus {
  readonly availability: OwnAvailability;
  readonly text: string;
}

/** Characters of a status. */
export const longestStatus = 200;

const name = 'status';

const shows = { online: undefined, away: 'away', busy: 'dnd' } as const;

const isAvailability = (value: unknown): value is OwnAvailability =>
  typeof value === 'string' && Object.hasOwn(shows, value);

const kept = (storage: TextStorage): OwnStatus => {
  const { availability, text } = (loadJson(storage, name) ?? {}) as Readonly<Record<string, unknown>>;
  return {
    availability: isAvailability(availability) ? availability : 'online',
    text: typeof text === 'string' ? text : '',
  };
};

export class Self {
  readonly #storage: TextStorage;
  readonly #status: Cell<OwnStatus>;
  #line: Line | undefined;

  constructor(storage: TextStorage) {
    this.#storage = storage;
    this.#status = new Cell(kept(storage));
  }

  get status(): Readable<OwnStatus> {
    return this.#status;
  }

  /** Initial presence: from now on messages and presence come (RFC 6121 §4.2). */
  begin(line: Line): void {
    this.#line = line;
    line.send(this.#presence(line));
  }

  end(): void {
    this.#line = undefined;
  }

  setStatus(status: OwnStatus): void {
    this.#status.set({ ...status, text: status.text.trim().slice(0, longestStatus) });
    this.#storage.save(name, JSON.stringify(this.#status.snapshot()));
    if (this.#line !== undefined) this.#line.send(this.#presence(this.#line));
  }

  /** Publishes a small PNG or JPEG; the server puts it into the vCard and presence for older clients (XEP-0398 §2.1). */
  async setPicture(picture: Picture): Promise<void> {
    if (this.#line === undefined) throw new ConnectionLost();
    await this.#line.publishPicture(picture);
  }

  async removePicture(): Promise<void> {
    if (this.#line === undefined) throw new ConnectionLost();
    await this.#line.withdrawPicture();
  }

  #presence(line: Line): Element {
    const { availability, text } = this.#status.snapshot();
    const show = shows[availability];
    const children = [
      ...(show === undefined ? [] : [el('show', namespaces.client, {}, show)]),
      ...(text === '' ? [] : [el('status', namespaces.client, {}, text)]),
      line.capabilities(),
    ];
    return presence('available', {}, ...children);
  }
}
