// One account that comes in the portable format: element by element, into an account that nobody can reach yet (XEP-0227 §4).

import type { Clock } from '@parlance/base/clock';
import type { Crypto, HashName } from '@parlance/base/crypto';
import { Account, emptyView } from '@parlance/core/account';
import type { CommitLoop } from '@parlance/core/commit-loop';
import { type Contact, stranger } from '@parlance/core/contact';
import { encodeVerifier, scramHashes, scramKinds } from '@parlance/core/credentials';
import { type AccountId, type Address, firstSequence } from '@parlance/core/ids';
import type { Stores, Write } from '@parlance/core/store';
import { type Element, el } from '@parlance/xml/element';
import { serialise } from '@parlance/xml/serialise';
import { formatBare, parseJid } from '@parlance/xmpp/jid';
import { namespaces } from '@parlance/xmpp/namespaces';
import { readRosterItem } from '@parlance/xmpp/wire/rfc-6121.roster';
import { photoOf } from '@parlance/xmpp/wire/xep-0054.vcard';
import { readBlocking } from '@parlance/xmpp/wire/xep-0191.blocking';
import { readDenied, readScram } from '@parlance/xmpp/wire/xep-0227.portable';
import { readPreferences } from '@parlance/xmpp/wire/xep-0441.preferences';
import { mostListed, toPolicy } from '../archive/policy.ts';
import { Avatars } from '../pubsub/avatars.ts';
import { PersonalNodes } from '../pubsub/personal-nodes.ts';
import { contactOf } from '../roster/item.ts';
import { rosterLimits } from '../roster/limits.ts';
import { IncomingMessages } from './incoming-messages.ts';
import { IncomingNodes } from './incoming-nodes.ts';

export interface IncomingParts {
  readonly stores: Stores;
  readonly commits: CommitLoop;
  readonly clock: Clock;
  readonly crypto: Pick<Crypto, 'digest'>;
  readonly isLocal: (domain: string) => boolean;
}

/** Blocked addresses, private documents, and UTF-16 units of one of these, that are taken. */
const [mostBlocked, mostDocuments, largest] = [2_000, 100, 327_680];

/** What is to be written of an element, and whether that is all that it said. */
export interface Taken {
  readonly writes: readonly Write[];
  readonly whole: boolean;
}

const all = (...writes: readonly Write[]): Taken => ({ writes, whole: true });

/** Nothing of it was understood. */
const nothing: Taken = { writes: [], whole: false };

const orNothing = (writes: readonly Write[] | undefined): Taken => (writes === undefined ? nothing : all(...writes));

export class IncomingAccount {
  readonly id: AccountId;
  readonly address: Address;
  /** Hashes for which verifiers of its password have come. */
  readonly hashes = new Set<HashName>();
  readonly #parts: IncomingParts;
  readonly #nodes: IncomingNodes;
  readonly #messages: IncomingMessages;
  readonly #contacts = new Map<Address, Contact>();
  #card: Element | undefined;
  #documents = 0;

  constructor(parts: IncomingParts, id: AccountId, address: Address) {
    const { stores, clock, isLocal } = parts;
    this.id = id;
    this.address = address;
    this.#parts = parts;
    this.#nodes = new IncomingNodes(stores.nodes, id, address, clock.now());
    this.#messages = new IncomingMessages({
      mailbox: stores.mailbox,
      account: id,
      address,
      isLocal,
      now: clock.now(),
    });
  }

  /** Takes a child of `<user/>`, or a part of one. */
  take(element: Element): Taken {
    switch (`${element.ns} ${element.name}`) {
      case `${namespaces.portableScram} scram-credentials`:
        return this.#credential(element);
      case `${namespaces.portableAccount} account`:
        return this.#standing(element);
      case `${namespaces.roster} query`:
        return this.#roster(element);
      case `${namespaces.client} presence`:
      // As Prosody writes it.
      case `${namespaces.portable} presence`:
        return this.#request(element);
      case `${namespaces.client} message`:
        return orNothing(this.#messages.offline(element));
      case `${namespaces.mam} result`:
        return orNothing(this.#messages.archived(element));
      case `${namespaces.mam} prefs`:
        return this.#preferences(element);
      case `${namespaces.pubsubOwner} pubsub`:
        return { writes: [], whole: this.#nodes.describe(element) };
      case `${namespaces.pubsub} pubsub`:
        return orNothing(this.#nodes.publish(element));
      default:
        return this.#keep(element);
    }
  }

  /** What can only be written when all is there. The account is whole when this is on disk. */
  async end(): Promise<readonly Write[]> {
    const { stores } = this.#parts;
    const rows = [...this.#contacts.values()].flatMap((contact) => stores.contacts.put(this.id, contact));
    const writes = [...rows, ...this.#nodes.end()];
    if (this.#card === undefined) return writes;
    const ours = this.#nodes.has(namespaces.avatarMetadata) || photoOf(this.#card) === undefined;
    const card = ours ? this.#card : await this.#withoutPhoto(this.#card);
    return [...writes, stores.documents.put(this.id, 'vcard', '', serialise(card))];
  }

  /** Other servers keep the avatar in the vCard; here it is in its nodes (XEP-0398 §3.2). */
  #withoutPhoto(card: Element): Promise<Element> {
    const { stores, commits, clock, crypto } = this.#parts;
    const nodes = new PersonalNodes(stores.nodes, commits, clock);
    const account = new Account(this.id, this.address, emptyView, firstSequence);
    return new Avatars(nodes, crypto).take(account, card);
  }

  /** What is kept as it came: vCard, private documents, block lists. */
  #keep(element: Element): Taken {
    switch (`${element.ns} ${element.name}`) {
      case `${namespaces.vcard} vCard`:
        if (serialise(element).length > largest) return nothing;
        this.#card = element;
        return all();
      case `${namespaces.privateStorage} query`:
        return this.#private(element);
      case `${namespaces.privacy} query`: {
        const { addresses, whole } = readDenied(element);
        return { writes: this.#block(addresses), whole };
      }
      case `${namespaces.blocking} blocklist`:
        return all(...this.#block(readBlocking(element) ?? []));
      default:
        return nothing;
    }
  }

  #credential(element: Element): Taken {
    const scram = readScram(element);
    const kind = scramKinds.find((each) => `SCRAM-${scramHashes[each]}` === scram?.mechanism);
    if (scram === undefined || kind === undefined) return nothing;
    this.hashes.add(scramHashes[kind]);
    const parameters = encodeVerifier(scram);
    return all(this.#parts.stores.credentials.put(this.id, { kind, device: '', parameters, version: 1 }));
  }

  #standing(element: Element): Taken {
    const { accounts } = this.#parts.stores;
    return all(
      accounts.setRole(this.id, element.attr('role') === 'admin' ? 'admin' : 'user'),
      accounts.setSuspended(this.id, element.attr('suspended') === 'true'),
    );
  }

  #roster(query: Element): Taken {
    const items = query.elements().filter(({ name }) => name === 'item');
    const read = items.map(readRosterItem);
    for (const item of read.slice(0, rosterLimits.items)) {
      const jid = parseJid(item?.jid ?? '');
      if (item === undefined || jid === undefined || item.jid === this.address) continue;
      const address = formatBare(jid) as Address;
      const waits = this.#contacts.get(address);
      const contact = contactOf({ ...item, jid: address }, 1);
      const pending = contact.permission === 'none' && waits?.permission === 'pending';
      this.#contacts.set(address, pending ? { ...contact, permission: 'pending', request: waits.request } : contact);
    }
    return { writes: [], whole: items.length <= rosterLimits.items && !read.includes(undefined) };
  }

  /** A request that waits for an answer (§4.9). */
  #request(presence: Element): Taken {
    const jid = parseJid(presence.attr('from') ?? '');
    if (jid === undefined || presence.attr('type') !== 'subscribe') return nothing;
    const address = formatBare(jid) as Address;
    const known = this.#contacts.get(address) ?? stranger(address, 1);
    if (known.permission !== 'none') return all();
    if (this.#contacts.size >= rosterLimits.items + rosterLimits.requests) return nothing;
    const [id, children] = [presence.attr('id'), presence.elements().filter(({ ns }) => ns !== namespaces.portable)];
    const head = { type: 'subscribe', id, from: address, to: this.address };
    const request = serialise(el('presence', namespaces.client, head, ...children), namespaces.client);
    if (request.length > rosterLimits.request) return nothing;
    this.#contacts.set(address, { ...known, permission: 'pending', request });
    return all();
  }

  #preferences(element: Element): Taken {
    const preferences = readPreferences(element);
    if (preferences === undefined || preferences.always.length + preferences.never.length > mostListed) return nothing;
    return all(this.#parts.stores.accounts.setArchivePolicy(this.id, toPolicy(preferences)));
  }

  #private(query: Element): Taken {
    const documents = query.elements().filter((child) => serialise(child).length <= largest);
    const taken = documents.slice(0, Math.max(0, mostDocuments - this.#documents));
    this.#documents += taken.length;
    const { documents: store } = this.#parts.stores;
    const writes = taken.map((each) => store.put(this.id, 'private', `${each.ns} ${each.name}`, serialise(each)));
    return { writes, whole: taken.length === query.elements().length };
  }

  #block(addresses: readonly string[]): readonly Write[] {
    return this.#parts.stores.blocks.add(this.id, addresses.slice(0, mostBlocked));
  }
}
