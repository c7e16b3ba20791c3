// People: follows roster, presence, requests and blocks, and does what their owner asks (RFC 6121 §2–§4, XEP-0012, 0084, 0153, 0191).
import type { Clock } from '@parlance/base/clock';
import { type Element, el } from '@parlance/xml/element';
import { formatJid, parseJid } from '@parlance/xmpp/jid';
import { namespaces } from '@parlance/xmpp/namespaces';
import { presence, presenceType } from '@parlance/xmpp/wire/rfc-6121.presence';
import { itemToSet, type RosterItem, removedItem, rosterQuery } from '@parlance/xmpp/wire/rfc-6121.roster';
import { lastActivityRequest, readLastActivity } from '@parlance/xmpp/wire/xep-0012.last-activity';
import { blocking } from '@parlance/xmpp/wire/xep-0191.blocking';
import { readDelay } from '@parlance/xmpp/wire/xep-0203.delay';
import { ConnectionLost } from '@parlance/xmpp-client/errors';
import { Cell, type Readable } from '../cell.ts';
import type { Line } from '../line.ts';
import { type AnnouncedPicture, type Avatar, pepAvatar, readVcardPhoto } from './avatar.ts';
import { type Contact, type Contacts, contactOf, contactsOf } from './contacts.ts';
import { announcedAvatar, readPresence } from './presence.ts';
import {
  asSeen,
  nobody,
  type People as State,
  withAvatar,
  withBlocked,
  withDevice,
  withItem,
  withoutDevice,
  withoutItem,
  withoutPresence,
  withoutRequest,
  withPicture,
  withPicturesAnew,
  withRequest,
  withRoster,
} from './state.ts';

const sees = (item: RosterItem | undefined): boolean => item?.subscription === 'to' || item?.subscription === 'both';

export class People {
  readonly #own: string;
  readonly #clock: Clock;
  readonly #contacts = new Cell<Contacts>(contactsOf(nobody, undefined));
  #state: State = nobody;
  #line: Line | undefined;
  #dirty = false;
  /** Announcements whose picture has been asked for. */
  readonly #fetched = new WeakSet<AnnouncedPicture>();

  /** `own` is the account's bare address. */
  constructor(own: string, clock: Clock) {
    this.#own = own;
    this.#clock = clock;
  }

  get contacts(): Readable<Contacts> {
    return this.#contacts;
  }

  /** Anybody, in the list or not. */
  contact(address: string): Contact {
    return contactOf(this.#state, address);
  }

  /** May this person know when we are here: we let him see our presence. */
  mayKnow(address: string): boolean {
    const subscription = this.#state.roster.get(address)?.subscription;
    return address === this.#own || subscription === 'from' || subscription === 'both';
  }

  /** A new stream with its roster. */
  begin(line: Line, roster: readonly RosterItem[]): void {
    this.#line = line;
    this.#change((state) => withPicturesAnew(withRoster(withoutPresence(state), roster)));
  }

  /** The connection is gone: nobody's presence is known. */
  end(): void {
    this.#line = undefined;
    this.#change(withoutPresence);
  }

  /** A roster push that the server has sent (RFC 6121 §2.1.6); `removed` with subscription 'remove'. */
  pushed(item: RosterItem, removed: boolean): void {
    const before = this.#state.roster.get(item.jid);
    this.#change((state) => (removed ? withoutItem(state, item.jid) : withItem(state, item)));
    if (!removed && before !== undefined && sees(before) && !sees(item))
      this.#change((state) => withoutDevice(state, item.jid, '', this.#clock.now()));
  }

  /** A presence stanza from the stream. */
  heard(stanza: Element): void {
    const jid = parseJid(stanza.attr('from') ?? this.#own);
    const address = jid && formatJid({ ...jid, resource: '' });
    if (jid === undefined || address === undefined) return;
    const type = presenceType(stanza);
    if (type === 'subscribe') return void this.#asked(address, stanza.childText('status') ?? '');
    if (type === 'unsubscribe') return void this.#change((state) => withoutRequest(state, address));
    if (!this.#state.roster.has(address) && address !== this.#own) return;
    if (type === 'available') this.#available(stanza, address, jid.resource);
    if (type === 'unavailable') {
      const at = readDelay(stanza)?.time ?? this.#clock.now();
      this.#change((state) => withoutDevice(state, address, jid.resource, at));
    }
  }

  /** Who is blocked now (XEP-0191 §3). */
  setBlocked(addresses: ReadonlySet<string>): void {
    this.#change((state) => withBlocked(state, addresses));
  }

  /** Adds somebody and asks to see him; whoever asks us back is approved without a question. Rejects as the server says. */
  async add(address: string, name: string): Promise<void> {
    const { groups = [] } = this.#state.roster.get(address) ?? {};
    await this.#do(rosterQuery([itemToSet(address, name, groups)]));
    this.ask(address);
  }

  /** Asks somebody on the list once more to be seen; whoever asks us back is approved without a question. */
  ask(address: string): void {
    this.#sendPresence('subscribe', address);
    // RFC 6121 §3.4: approved in advance, where the server can.
    this.#sendPresence('subscribed', address);
  }

  /** Lets somebody see us, and asks to see him. Without a connection the request stays. */
  accept(address: string): void {
    if (this.#line === undefined) return;
    this.#change((state) => withoutRequest(state, address));
    this.#sendPresence('subscribed', address);
    if (!sees(this.#state.roster.get(address))) this.#sendPresence('subscribe', address);
  }

  /** As `accept`, but he will not see us. */
  refuse(address: string): void {
    if (this.#line === undefined) return;
    this.#change((state) => withoutRequest(state, address));
    this.#sendPresence('unsubscribed', address);
  }

  async rename(address: string, name: string): Promise<void> {
    const { groups = [] } = this.#state.roster.get(address) ?? {};
    await this.#do(rosterQuery([itemToSet(address, name, groups)]));
  }

  /** Removes somebody: neither sees the other any more (RFC 6121 §2.5). */
  async remove(address: string): Promise<void> {
    await this.#do(rosterQuery([removedItem(address)]));
  }

  async block(address: string): Promise<void> {
    await this.#do(blocking('block', [address]));
    this.#change((state) => withoutRequest(withBlocked(state, new Set([...state.blocked, address])), address));
  }

  async unblock(address: string): Promise<void> {
    await this.#do(blocking('unblock', [address]));
    this.setBlocked(new Set([...this.#state.blocked].filter((other) => other !== address)));
  }

  /** Asks the server when somebody who is offline was last here (XEP-0012 §4). */
  async lookUpLastSeen(address: string): Promise<void> {
    const item = this.#state.roster.get(address);
    if (!sees(item) || this.#state.devices.has(address) || this.#state.lastSeen.has(address)) return;
    const answer = await this.#quietly((line) => line.request('get', lastActivityRequest(), address));
    const seconds = answer && readLastActivity(answer)?.seconds;
    if (seconds !== undefined) this.#change((state) => asSeen(state, address, this.#clock.now() - seconds * 1_000));
  }

  /** Somebody's eventing node tells of a picture, or of none (XEP-0084 §4.2.1). */
  pictureAnnounced(address: string, picture: AnnouncedPicture | undefined): void {
    if (this.#state.roster.has(address) || address === this.#own)
      this.#change((state) => withPicture(state, address, picture));
  }

  /** Fetches the picture that somebody says to have, if need be: only of those at whom somebody looks. */
  async lookUpPicture(address: string): Promise<void> {
    const picture = this.#state.pictures.get(address);
    if (picture === undefined || this.#line === undefined) return;
    if (this.#state.avatars.get(address)?.hash === picture.hash || this.#fetched.has(picture)) return;
    this.#fetched.add(picture);
    const avatar = await this.#fetchPicture(address, picture);
    if (avatar !== undefined && this.#state.pictures.get(address) === picture)
      this.#change((state) => withAvatar(state, address, avatar));
  }

  #asked(address: string, note: string): void {
    const item = this.#state.roster.get(address);
    if (item?.ask === true || sees(item)) this.#sendPresence('subscribed', address);
    else this.#change((state) => withRequest(state, address, note));
  }

  #available(stanza: Element, address: string, resource: string): void {
    this.#change((state) => withDevice(state, address, resource, readPresence(stanza)));
    this.#pictureInPresence(address, announcedAvatar(stanza));
  }

  /** What eventing says holds; else the latest presence that knows of pictures, where '' is none (XEP-0153 §4.2). */
  #pictureInPresence(address: string, hash: string | undefined): void {
    const known = this.#state.pictures.get(address);
    if (hash === undefined || hash === (known?.hash ?? '') || known?.type !== undefined) return;
    const picture = hash === '' ? undefined : { hash, type: undefined };
    this.#change((state) => withPicture(state, address, picture));
  }

  async #fetchPicture(address: string, { hash, type }: AnnouncedPicture): Promise<Avatar | undefined> {
    if (type === undefined) {
      const vcard = await this.#quietly((line) => line.request('get', el('vCard', namespaces.vcard), address));
      return vcard && readVcardPhoto(vcard, hash);
    }
    const bytes = await this.#quietly((line) => line.picture(address, hash));
    return bytes && pepAvatar(hash, type, bytes);
  }

  /** Adorns what is known already: whoever does not answer, refuses, or is not there any more leaves it as it is. */
  async #quietly<T>(ask: (line: Line) => Promise<T>): Promise<T | undefined> {
    try {
      return this.#line && (await ask(this.#line));
    } catch {
      return undefined;
    }
  }

  async #do(order: Element): Promise<void> {
    if (this.#line === undefined) throw new ConnectionLost();
    await this.#line.request('set', order);
  }

  #sendPresence(type: 'subscribe' | 'subscribed' | 'unsubscribed', to: string): void {
    this.#line?.send(presence(type, { to }));
  }

  #change(change: (state: State) => State): void {
    const next = change(this.#state);
    if (next === this.#state) return;
    this.#state = next;
    if (this.#dirty) return;
    this.#dirty = true;
    this.#clock.soon(() => {
      this.#dirty = false;
      this.#contacts.update((before) => contactsOf(this.#state, before));
    });
  }
}
