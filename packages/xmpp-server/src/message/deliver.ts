// The XMPP adapter of the router: a message to the chosen sessions, copies to the others that asked for them (RFC 6121 §8.5, XEP-0280).
import type { Adapter, Delivery } from '@parlance/core/router';
import type { Session } from '@parlance/core/session';
import type { TraceStep } from '@parlance/core/trace';
import type { Context } from '../context.ts';
import type { Points } from '../points.ts';
import { Fate, ofCopy } from '../session/fate.ts';
import type { Wrapping } from '../session/outbound.ts';
import { XmppSession } from '../session/session.ts';
import { stanzaText } from './native.ts';
import { type Shown, wrap } from './wrap.ts';

/** Says whether a session wants copies of what its account's other sessions get and send (XEP-0280). */
export type WantsCopies = (session: XmppSession) => boolean;

export class XmppAdapter implements Adapter {
  readonly protocol = 'xmpp';
  readonly #context: Pick<Context, 'archiveIds' | 'toStanza'>;
  readonly #points: Points;
  readonly #wantsCopies: WantsCopies;

  constructor(context: Pick<Context, 'archiveIds' | 'toStanza'>, points: Points, wantsCopies: WantsCopies) {
    this.#context = context;
    this.#points = points;
    this.#wantsCopies = wantsCopies;
  }

  deliver(delivery: Delivery, chosen: readonly Session[], others: readonly Session[]): readonly TraceStep[] {
    const copies = others.filter((s): s is XmppSession => s instanceof XmppSession && this.#wantsCopies(s));
    if (chosen.length === 0 && copies.length === 0) return [];
    const shown = this.#shown(delivery);
    const wrapping: Wrapping = delivery.role === 'sent' ? 'carbon-sent' : 'carbon-received';
    const fate = new Fate(delivery.role === 'sent', delivery.pending);
    return [
      ...chosen.map((session) => this.#queue(delivery, session as XmppSession, shown, plainFor(session), fate)),
      ...copies.map((session) => this.#queue(delivery, session, shown, wrapping, ofCopy)),
    ];
  }

  #shown({ envelope, account, sequence, archived }: Delivery): Shown {
    const id = sequence === undefined || !archived ? undefined : this.#context.archiveIds.seal(account, sequence);
    const { native } = envelope;
    return {
      payload: stanzaText(this.#context, native.protocol, native.payload()),
      kind: envelope.kind,
      id,
      address: account.address,
      time: envelope.time,
    };
  }

  #queue(delivery: Delivery, session: XmppSession, shown: Shown, wrapping: Wrapping, fate: Fate): TraceStep {
    const { jid: row, remote } = session;
    if (this.#points.outgoing.run({ delivery, session }) === 'withhold') return { row, remote, action: 'refused' };
    const { sequence, envelope } = delivery;
    // What says nothing but a state need not wait for the disk: it still stands behind what its sender said before.
    if (sequence === undefined && envelope.keep.passing === true) {
      session.sendLatest(
        wrap(shown, wrapping, session.jid),
        `${wrapping} ${envelope.from}/${envelope.fromLabel} ${envelope.to}`,
      );
      return { row, remote, action: wrapping === 'plain' ? 'delivered' : 'copied' };
    }
    const pointer = sequence === undefined ? undefined : { sequence, wrapping, fate };
    session.send(wrap(shown, wrapping, session.jid), pointer, true);
    return { row, remote, action: wrapping === 'plain' || wrapping === 'delayed' ? 'delivered' : 'copied' };
  }
}

/** A hibernated session reads it later, with the time at which it came (XEP-0198 §5, XEP-0203 §2). */
const plainFor = (session: Session): Wrapping => (session.connected ? 'plain' : 'delayed');
