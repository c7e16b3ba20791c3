// When somebody was last here, for those who may know it; and for how long the server has been up (XEP-0012).
import { refuse } from '@parlance/base/refusal';
import type { Account } from '@parlance/core/account';
import type { AccountId } from '@parlance/core/ids';
import type { Element } from '@parlance/xml/element';
import { formatBare } from '@parlance/xmpp/jid';
import { namespaces } from '@parlance/xmpp/namespaces';
import { lastActivity } from '@parlance/xmpp/wire/xep-0012.last-activity';
import type { Context } from '../context.ts';
import type { Extension, IqAnswer, IqHandler, Registrar } from '../extension.ts';
import type { SessionEvent } from '../points.ts';
import { sessionKey } from '../session/keys.ts';
import { XmppSession } from '../session/session.ts';

/** Of a status, as much is kept, in UTF-16 units. */
const statusLength = 1_000;

const kind = 'last activity';

interface Left {
  /** Milliseconds since 1970. */
  readonly at: number;
  readonly status: string;
}

/** When and with which status the session said that it leaves (§3); undefined while it is available, or never was. */
const farewell = sessionKey<Left | undefined>('farewell', undefined, false);

/**
 * When accounts were left. It is written with the next commit that somebody waits for, or a second later: signing out costs the
 * disk nothing, and a crash forgets those of its last second.
 */
class Farewells {
  readonly #context: Context;
  /** Not on disk yet. */
  readonly #fresh = new Map<AccountId, Left>();

  constructor(context: Context) {
    this.#context = context;
  }

  /** The last session that ends leaves the time and what it said. */
  note({ session, account }: SessionEvent): void {
    const { accounts, clock, commits, stores, table } = this.#context;
    if (table.sessions(account.address).length > 0) return;
    const left: Left = { at: clock.now(), status: session.values.get(farewell)?.status ?? '' };
    this.#fresh.set(account.id, left);
    const isNewest = (): boolean => this.#fresh.get(account.id) === left;
    commits.joinLater({
      // Of an account that is being removed nothing stays.
      snapshot: () =>
        isNewest() && accounts.peek(account.address) !== null
          ? stores.documents.put(account.id, kind, '', JSON.stringify(left))
          : undefined,
      settled: () => {
        if (isNewest()) this.#fresh.delete(account.id);
      },
    });
  }

  /** Also while sessions are bound that are not available (RFC 6121 §4.3.2 rule 3). */
  async lastSeen(account: Account): Promise<number | undefined> {
    const times = this.#context.table
      .sessions(account.address)
      .flatMap((session) => (session instanceof XmppSession ? (session.values.get(farewell)?.at ?? []) : []));
    return times.length > 0 ? Math.max(...times) : (await this.of(account))?.at;
  }

  async of(account: Account): Promise<Left | undefined> {
    const fresh = this.#fresh.get(account.id);
    if (fresh !== undefined) return fresh;
    const stored = await this.#context.stores.documents.get(account.id, kind, '');
    return stored === undefined ? undefined : (JSON.parse(stored) as Left);
  }
}

const sinceThen = async (farewells: Farewells, { clock }: Context, account: Account): Promise<IqAnswer> => {
  const left = await farewells.of(account);
  if (left === undefined) return refuse('not-found');
  return lastActivity({ seconds: Math.max(0, Math.floor((clock.now() - left.at) / 1000)), status: left.status });
};

/**
 * §3: zero while somebody is connected. Who may not watch is not told `forbidden`, as §3 has it: that would be proof of an
 * account, for which the answer to nobody's address is another one (RFC 6121 §8.5.1).
 */
const ofAccount =
  ({ context, presence }: Registrar, farewells: Farewells): IqHandler =>
  ({ account, from }) => {
    if (account === undefined || !presence.mayWatch(account, formatBare(from))) return refuse('unavailable');
    if (context.table.sessions(account.address).length > 0) return lastActivity({ seconds: 0, status: '' });
    return sinceThen(farewells, context, account);
  };

/** §5. */
const ofServer = ({ clock }: Context): IqHandler => {
  const start = clock.monotonic();
  return () => lastActivity({ seconds: Math.floor((clock.monotonic() - start) / 1000), status: '' });
};

const leftBy = (stanza: Element, at: number): Left | undefined =>
  stanza.attr('type') === 'unavailable'
    ? { at, status: (stanza.childText('status') ?? '').slice(0, statusLength) }
    : undefined;

export const lastSeen: Extension = {
  support: [
    {
      specification: 'XEP-0012',
      title: 'Last Activity',
      version: '2.0',
      status: 'complete',
      note: 'Requests to a full address are answered by the client that is there (§4). Strangers get service-unavailable, as for an address that nobody has (RFC 6121 §8.5.1).',
    },
  ],
  register(registrar) {
    const { context, points } = registrar;
    const farewells = new Farewells(context);
    registrar.feature('server', namespaces.last);
    registrar.feature('account', namespaces.last);
    registrar.iq(['own', 'other'], 'get', 'query', namespaces.last, ofAccount(registrar, farewells));
    registrar.iq(['server'], 'get', 'query', namespaces.last, ofServer(context));
    points.presenceChanged.on(
      'act',
      ({ session, stanza }) => void session.values.set(farewell, leftBy(stanza, context.clock.now())),
    );
    points.lastSeen.on('act', (account) => farewells.lastSeen(account));
    points.sessionEnded.on('act', (event) => void farewells.note(event));
  },
};
