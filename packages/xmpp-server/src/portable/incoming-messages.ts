// The messages of an imported account, laid below those that it will get here (XEP-0227 §4.5, §4.11; ADR 0002).
import type { Envelope } from '@parlance/core/envelope';
import { type AccountId, type Address, firstSequence, type Sequence } from '@parlance/core/ids';
import type { Entry, MailboxStore, Write } from '@parlance/core/store';
import type { Element } from '@parlance/xml/element';
import { formatBare, parseJid } from '@parlance/xmpp/jid';
import { namespaces } from '@parlance/xmpp/namespaces';
import { readDelay } from '@parlance/xmpp/wire/xep-0203.delay';
import { readForwarded } from '@parlance/xmpp/wire/xep-0297.forwarding';
import { clean } from '../message/clean.ts';
import { columnsOf, kindOf, NativeMessage } from '../message/native.ts';

/** The first places for archived messages and for those that wait outside the archive. */
const [archived, apart] = [1, firstSequence / 2];

export interface IncomingMessagesParts {
  readonly mailbox: MailboxStore;
  readonly account: AccountId;
  readonly address: Address;
  readonly isLocal: (domain: string) => boolean;
  readonly now: number;
}

export class IncomingMessages {
  readonly #parts: IncomingMessagesParts;
  #nextArchived = archived;
  #nextApart = apart;
  /** Archive ids of messages that wait, and their places outside the archive, until the archive is seen to have them too. */
  readonly #waiting = new Map<string, Sequence>();

  constructor(parts: IncomingMessagesParts) {
    this.#parts = parts;
  }

  /** A message that waits for a device. Undefined when it is none of this account's. */
  offline(stanza: Element): readonly Write[] | undefined {
    const { address, now } = this.#parts;
    const own = stanza.elements().find(({ name, ns }) => name === 'stanza-id' && ns === namespaces.sid);
    const id = own?.attr('by') === address ? own.attr('id') : undefined;
    const sequence = this.#nextApart++ as Sequence;
    if (id !== undefined) this.#waiting.set(id, sequence);
    return this.#entry(stanza, readDelay(stanza)?.time ?? now, { sequence, archived: false, pending: true });
  }

  /** A `<result/>` of the archive. Undefined when it holds no message of this account's. */
  archived(result: Element): readonly Write[] | undefined {
    const found = readForwarded(result);
    if (found === undefined || found.stanza.name !== 'message') return undefined;
    const id = result.attr('id') ?? '';
    const apartAt = this.#waiting.get(id);
    const sequence = this.#nextArchived++ as Sequence;
    const pending = apartAt !== undefined;
    const writes = this.#entry(found.stanza, found.time ?? this.#parts.now, { sequence, archived: true, pending });
    if (writes === undefined || apartAt === undefined) return writes;
    this.#waiting.delete(id);
    return [...writes, ...this.#parts.mailbox.delivered(this.#parts.account, [apartAt])];
  }

  #entry(
    stanza: Element,
    time: number,
    place: Pick<Entry, 'sequence' | 'archived' | 'pending'>,
  ): readonly Write[] | undefined {
    const { account, address, isLocal, mailbox } = this.#parts;
    const [from, to] = ['from', 'to'].map((name) => parseJid(stanza.attr(name) ?? address));
    if (from === undefined || to === undefined) return undefined;
    const [sender, recipient] = [formatBare(from) as Address, formatBare(to) as Address];
    const sent = sender === address && recipient !== address;
    // Rooms and lists write to others: whose mailbox it was in is whose it is.
    const peer = sent ? recipient : sender;
    const message = clean(stanza, isLocal);
    const envelope: Envelope = {
      from: sender,
      fromLabel: from.resource,
      to: recipient,
      toLabel: to.resource,
      kind: kindOf(message),
      native: new NativeMessage(message),
      time,
      keep: { archive: place.archived, pending: place.pending },
      copies: true,
      columns: columnsOf(message),
    };
    return mailbox.append(envelope, [{ ...place, account, peer, direction: sent ? 'out' : 'in' }]);
  }
}
