// Entity capabilities of clients: what a session can do, asked once, verified before it is believed of others (XEP-0115 §5.4, checklist 28).
import { toBase64 } from '@parlance/base/base64';
import type { Crypto } from '@parlance/base/crypto';
import { RecentMap } from '@parlance/base/recent-map';
import type { Element } from '@parlance/xml/element';
import { namespaces } from '@parlance/xmpp/namespaces';
import { infoElement, readInfo } from '@parlance/xmpp/wire/xep-0030.disco';
import { type Capabilities, hashNamed, readCapabilities, verificationText } from '@parlance/xmpp/wire/xep-0115.caps';
import type { Extension, Registrar, Support } from '../extension.ts';
import type { PresenceChange } from '../points.ts';
import { Unanswered } from '../requests.ts';
import { interests } from '../session/interests.ts';
import { sessionKey } from '../session/keys.ts';
import type { XmppSession } from '../session/session.ts';
import { annotate } from './xep-0115.caps/own.ts';

/** Verified capabilities that are remembered at least. */
const capacity = 2_000;

/** Interests of one session, and UTF-16 units in all their names; what is beyond is not heard. */
const maxInterests = 128;
const maxLength = 8_192;

const notify = '+notify';

/** The capabilities a session announced last, as their key; '' before. */
const announced = sessionKey('capabilities', '', true);

/** The hash is part of the key: one text may be the value of two of them (checklist 28). */
const keyOf = ({ hash, node, ver }: Capabilities): string =>
  hashNamed(hash) === undefined ? `${hash} ${node} ${ver}` : `${hash} ${ver}`;

const interestsIn = (query: Element): readonly string[] => {
  let length = 0;
  const names = readInfo(query)
    .features.filter((feature) => feature.endsWith(notify))
    .map((feature) => feature.slice(0, -notify.length));
  return [...new Set(names)].slice(0, maxInterests).filter((name) => {
    length += name.length;
    return length <= maxLength;
  });
};

class ClientCapabilities {
  readonly #registrar: Registrar;
  readonly #crypto: Pick<Crypto, 'digest'>;
  /** By key: the interests of clients whose hash was verified. */
  readonly #verified = new RecentMap<string, readonly string[]>(capacity);

  constructor(registrar: Registrar, crypto: Pick<Crypto, 'digest'>) {
    this.#registrar = registrar;
    this.#crypto = crypto;
  }

  /** Presence without capabilities says nothing new (XEP-0115 §8.4). */
  changed({ session, stanza, initial }: PresenceChange): void {
    if (session.availability === undefined) return;
    const capabilities = readCapabilities(stanza);
    const key = capabilities === undefined ? session.values.get(announced) : keyOf(capabilities);
    if (capabilities === undefined || key === session.values.get(announced)) {
      if (initial) this.#interested(session, session.values.get(interests));
      return;
    }
    session.values.set(announced, key);
    const known = this.#verified.get(key);
    if (known === undefined) this.#ask(session, capabilities, key);
    else this.#learnt(session, known, initial);
  }

  #ask(session: XmppSession, capabilities: Capabilities, key: string): void {
    const { requests, log } = this.#registrar.context;
    const { node, ver } = capabilities;
    const question = infoElement({ identities: [], features: [], forms: [] }, `${node}#${ver}`);
    requests
      .ask(session, question)
      .then((answer) => {
        const query = answer.child('query', namespaces.discoInfo);
        if (query === undefined) return;
        const found = interestsIn(query);
        if (this.#isVerified(capabilities, query)) this.#verified.set(key, found);
        if (session.values.get(announced) === key) this.#learnt(session, found, false);
      })
      .catch((error: unknown) => {
        if (!(error instanceof Unanswered)) log.error('capabilities failed', { error });
      });
  }

  /** §5.4, 3: only then may the answer stand for everybody who announces the same. */
  #isVerified({ hash, ver }: Capabilities, query: Element): boolean {
    const algorithm = hashNamed(hash);
    const text = verificationText(query);
    if (algorithm === undefined || text === undefined) return false;
    return toBase64(this.#crypto.digest(algorithm, new TextEncoder().encode(text))) === ver;
  }

  #learnt(session: XmppSession, found: readonly string[], initial: boolean): void {
    const before = initial ? [] : session.values.get(interests);
    session.values.set(interests, found);
    session.touch();
    this.#interested(
      session,
      found.filter((name) => !before.includes(name)),
    );
  }

  #interested(session: XmppSession, nodes: readonly string[]): void {
    if (nodes.length === 0 || session.availability === undefined) return;
    this.#registrar.points.newInterests.run({ session, account: session.account, nodes });
  }
}

export const capabilitiesSupport: readonly Support[] = [
  {
    specification: 'XEP-0115',
    title: 'Entity Capabilities',
    version: '1.6.0',
    status: 'complete',
  },
];

export const entityCapabilities = (crypto: Pick<Crypto, 'digest'>): Extension => ({
  support: capabilitiesSupport,
  register(registrar) {
    registrar.feature('server', namespaces.caps);
    annotate(registrar, crypto);
    const capabilities = new ClientCapabilities(registrar, crypto);
    registrar.points.presenceChanged.on('act', (change) => {
      capabilities.changed(change);
    });
  },
});
