// When somebody was last here, for those who may know it; and for how long the server has been up (XEP-0012).
import { refuse } from '@parlance/base/refusal';
import type { Account } from '@parlance/core/account';
import type { Element } from '@parlance/xml/element';
import { formatJid } from '@parlance/xmpp/jid';
import { namespaces } from '@parlance/xmpp/namespaces';
import { lastActivity } from '@parlance/xmpp/wire/xep-0012.last-activity';
import type { Context } from '../context.ts';
import type { Extension, IqAnswer, IqHandler, Registrar } from '../extension.ts';
import type { SessionEvent } from '../points.ts';
import { sessionKey } from '../session/keys.ts';

/** The status with which the session said that it leaves (§3). */
const farewell = sessionKey('last status', '', false);

/** Of a status, as much is kept, in UTF-16 units. */
const statusLength = 1_000;

const kind = 'last activity';

interface Left {
  /** Milliseconds since 1970. */
  readonly at: number;
  readonly status: string;
}

const readLeft = (stored: string): Left => JSON.parse(stored) as Left;

const sinceThen = async ({ clock, stores }: Context, account: Account): Promise<IqAnswer> => {
  const stored = await stores.documents.get(account.id, kind, '');
  if (stored === undefined) return refuse('not-found');
  const { at, status } = readLeft(stored);
  return lastActivity({ seconds: Math.max(0, Math.floor((clock.now() - at) / 1000)), status });
};

/**
 * §3: zero while somebody is connected. Who may not watch is not told `forbidden`, as §3 has it: that would be proof of an
 * account, for which the answer to nobody's address is another one (RFC 6121 §8.5.1).
 */
const ofAccount =
  ({ context, presence }: Registrar): IqHandler =>
  ({ account, from }) => {
    if (account === undefined || !presence.mayWatch(account, formatJid({ ...from, resource: '' })))
      return refuse('unavailable');
    if (context.table.sessions(account.address).length > 0) return lastActivity({ seconds: 0, status: '' });
    return sinceThen(context, account);
  };

/** §5. */
const ofServer = ({ clock }: Context): IqHandler => {
  const start = clock.monotonic();
  return () => lastActivity({ seconds: Math.floor((clock.monotonic() - start) / 1000), status: '' });
};

/** The last session that ends leaves the time and what it said. */
const note = ({ clock, commits, stores, table }: Context, { session, account }: SessionEvent): void => {
  if (table.sessions(account.address).length > 0) return;
  const left: Left = { at: clock.now(), status: session.values.get(farewell) };
  commits.write(stores.documents.put(account.id, kind, '', JSON.stringify(left)));
};

const statusOf = (stanza: Element): string =>
  stanza.attr('type') === 'unavailable' ? (stanza.childText('status') ?? '').slice(0, statusLength) : '';

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
    registrar.feature('server', namespaces.last);
    registrar.feature('account', namespaces.last);
    registrar.iq(['own', 'other'], 'get', 'query', namespaces.last, ofAccount(registrar));
    registrar.iq(['server'], 'get', 'query', namespaces.last, ofServer(context));
    points.presenceChanged.on('act', ({ session, stanza }) => void session.values.set(farewell, statusOf(stanza)));
    points.sessionEnded.on('act', (event) => void note(context, event));
  },
};
