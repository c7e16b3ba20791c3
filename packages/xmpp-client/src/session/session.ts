// A session: what outlives a connection. Stanzas out and in, acknowledged, resumed, or begun anew (XEP-0198 §4, §5).
import { type Element, el } from '@parlance/xml/element';
import { namespaces } from '@parlance/xmpp/namespaces';
import { iqRequest, isStanza } from '@parlance/xmpp/stanza';
import { delayElement } from '@parlance/xmpp/wire/xep-0203.delay';
import { ConnectionLost, ProtocolError } from '../errors.ts';
import type { Platform } from '../platform.ts';
import type { Channel } from '../stream/channel.ts';
import { type Delivery, DeliveryRecord } from './delivery.ts';
import { defaultKeepalive, Keepalive } from './keepalive.ts';
import type { Negotiated } from './negotiation.ts';
import { Outbox, type OutboxEntry } from './outbox.ts';
import { type Resumption, StreamManagement } from './stream-management.ts';

export interface SessionOwner {
  /** A stanza of the server, in order. */
  stanza(stanza: Element): void;
  /** A delivery has changed its state. */
  delivery(delivery: Delivery): void;
  /** The connection is gone: with an error, or properly. */
  over(error: Error | undefined): void;
}

/** Milliseconds after which a message that waited says when it was written (XEP-0198 §4, XEP-0203). */
const noticeableDelay = 10_000;

export class Session {
  readonly #platform: Platform;
  readonly #owner: SessionOwner;
  readonly #outbox = new Outbox();
  readonly #management: StreamManagement;
  readonly #keepalive: Keepalive;
  #channel: Channel | undefined;
  #early: readonly Element[] = [];
  /** The full address: who delays is to be named (XEP-0203 §2). */
  #address = '';
  #flushing = false;

  constructor(platform: Platform, owner: SessionOwner) {
    this.#platform = platform;
    this.#owner = owner;
    this.#management = new StreamManagement(platform.clock, this.#outbox);
    this.#keepalive = new Keepalive(
      platform.clock,
      defaultKeepalive,
      () => this.#ask(),
      () => this.#channel?.destroy(new ConnectionLost('the server has fallen silent')),
    );
  }

  get live(): boolean {
    return this.#channel !== undefined;
  }

  /** What is needed to resume; undefined when there is nothing to resume. */
  get resumption(): Resumption | undefined {
    return this.#management.resumption;
  }

  /** Takes over a negotiated stream; nothing is written or handed on before `start`. */
  adopt(channel: Channel, negotiated: Negotiated): void {
    const write = (element: Element): void => channel.send(element);
    if (negotiated.kind === 'resumed') {
      if (!this.#acknowledged(negotiated.resumed)) {
        this.#management.forget();
        throw new ProtocolError('the server counts more than it was sent');
      }
      this.#outbox.rewind();
      this.#management.resume(write);
      this.#early = [];
    } else {
      if (negotiated.refused !== undefined) this.#acknowledged(negotiated.refused);
      // Requests and presence belong to the stream that is gone; messages are for somebody.
      this.#fail(this.#outbox.restart(({ stanza }) => stanza.name === 'message'));
      this.#management.begin(negotiated.enabled, write);
      this.#early = negotiated.early;
      this.#address = negotiated.address;
    }
    this.#channel = channel;
  }

  /** Lets stanzas flow, those that waited first. */
  start(): void {
    const channel = this.#channel;
    if (channel === undefined) return;
    this.#keepalive.start();
    for (const stanza of this.#early) this.#owner.stanza(stanza);
    this.#flush();
    channel.attach({ element: (element) => this.#element(element), closed: (error) => this.#over(error) });
  }

  /** Sends at once or when there is a connection again. */
  send(stanza: Element, id: string): Delivery {
    const delivery = new DeliveryRecord(id, stanza, (changed) => this.#owner.delivery(changed));
    if (!this.#outbox.push({ stanza, delivery, since: this.#platform.clock.now() }))
      delivery.failed(new ConnectionLost('too much is waiting to be sent'));
    else this.#flushSoon();
    return delivery;
  }

  /** Writes something that is no stanza; dropped without a connection. */
  write(element: Element): void {
    this.#channel?.send(element);
  }

  /** Asks the server for a sign of life; without one within `ms` milliseconds the connection is given up. */
  probe(ms: number): void {
    this.#keepalive.probe(ms);
  }

  /** Ends the stream properly (RFC 6120 §4.4); it cannot be resumed afterwards. */
  end(): void {
    this.#flush();
    this.#management.answer();
    this.#management.forget();
    this.#channel?.close();
  }

  /** Gives the stream up: what waits has failed. */
  abandon(error: Error): void {
    this.#management.forget();
    const channel = this.#channel;
    this.#over(error);
    channel?.destroy(error);
    this.#fail(
      this.#outbox.restart(() => false),
      error,
    );
  }

  #flushSoon(): void {
    if (this.#flushing || this.#channel === undefined) return;
    this.#flushing = true;
    queueMicrotask(() => {
      this.#flushing = false;
      this.#flush();
    });
  }

  #flush(): void {
    const channel = this.#channel;
    if (channel === undefined) return;
    const entries = this.#outbox.take();
    if (entries.length === 0) return;
    for (const entry of entries) channel.send(this.#stamped(entry));
    for (const { delivery } of entries) delivery.sent(!this.#management.active);
    if (this.#management.active) this.#management.sent();
    else this.#outbox.release();
  }

  /** XEP-0198 §4: a message that waited keeps the time at which it was written. */
  #stamped({ stanza, since }: OutboxEntry): Element {
    const late = this.#platform.clock.now() - since > noticeableDelay;
    if (!late || stanza.name !== 'message' || stanza.child('delay', namespaces.delay) !== undefined) return stanza;
    return stanza.withChildren([...stanza.children, delayElement({ from: this.#address, time: since })]);
  }

  #ask(): void {
    if (this.#management.active) this.#management.ask();
    else this.#channel?.send(iqRequest('get', this.#platform.random.token(64), el('ping', namespaces.ping)));
  }

  #element(element: Element): void {
    this.#keepalive.heard();
    if (isStanza(element)) {
      this.#owner.stanza(element);
      this.#management.handled();
    } else if (element.ns === namespaces.sm) this.#managed(element);
  }

  #managed(element: Element): void {
    if (element.name === 'r') this.#management.answer();
    else if (element.name === 'a' && !this.#acknowledged(element)) {
      const error = this.#management.tooHigh(element);
      this.#management.forget();
      this.#channel?.fail(error, new ProtocolError('the server counts more than it was sent'));
    }
  }

  #acknowledged(element: Element): boolean {
    const gone = this.#management.acknowledged(element);
    for (const { delivery } of gone ?? []) delivery.acked();
    return gone !== undefined;
  }

  #fail(entries: readonly OutboxEntry[], error: Error = new ConnectionLost()): void {
    for (const { delivery } of entries) delivery.failed(error);
  }

  #over(error: Error | undefined): void {
    if (this.#channel === undefined) return;
    this.#channel = undefined;
    this.#keepalive.stop();
    // A stream that was closed properly is over for both sides (XEP-0198 §7).
    if (error === undefined) this.#management.forget();
    else this.#management.suspend();
    this.#owner.over(error);
  }
}
