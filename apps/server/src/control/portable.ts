// Accounts by the portable format through the control socket: out part by part, in element by element (XEP-0227).
import { type AccountId, domainOf } from '@parlance/core/ids';
import { parseDocument } from '@parlance/xml/document';
import { XmlError } from '@parlance/xml/error';
import { IncomingAccount, type IncomingParts, type Taken } from '@parlance/xmpp-server/portable/incoming';
import { firstPart, partAt } from '@parlance/xmpp-server/portable/outgoing';
import { toStanza } from '../compose/gateway.ts';
import type { House } from './house.ts';
import { prepare } from './prepare.ts';
import { throwRefused } from './refusals.ts';
import { type Answers, type Asked, ControlRefusal } from './requests.ts';

type PortableRequest = 'export account' | 'import begin' | 'import part' | 'import end' | 'import abandon';

export type PortableHandlers = {
  readonly [Name in PortableRequest]: (asked: Asked<Name>) => Promise<Answers[Name]>;
};

/** Accounts that may be on their way in at a time; the one begun longest ago is abandoned for a further one. */
const mostIncoming = 16;

const strange: Taken = { writes: [], whole: false };

const taken = (account: IncomingAccount, text: string): Taken => {
  try {
    return account.take(parseDocument(text));
  } catch (error) {
    if (error instanceof XmlError) return strange;
    throw error;
  }
};

/** Accounts on their way in, which have no address yet. */
class Incoming {
  readonly #house: House;
  readonly #parts: IncomingParts;
  readonly #accounts = new Map<AccountId, IncomingAccount>();

  constructor(house: House) {
    const { core, ports, configuration } = house;
    const domains = new Set(configuration.domains.map(({ name }) => name));
    this.#house = house;
    this.#parts = { stores: core.stores, commits: core.commits, ...ports, isLocal: (domain) => domains.has(domain) };
  }

  async begin({ address: written, replace }: Asked<'import begin'>): Promise<Answers['import begin']> {
    const { accounts, commits, stores } = this.#house.core;
    const address = prepare(written);
    if (!this.#parts.isLocal(domainOf(address))) throw new ControlRefusal('domain-foreign', written);
    if (!replace && (await accounts.load(address)) !== null) throw new ControlRefusal('address-taken', written);
    const [oldest] = this.#accounts.keys();
    if (this.#accounts.size >= mostIncoming && oldest !== undefined) await this.abandon({ id: oldest });
    const { id, write } = await stores.accounts.createWithoutAddress({
      role: 'user',
      created: this.#parts.clock.now(),
    });
    // On disk with the first part, or the address.
    commits.write(write);
    this.#accounts.set(id, new IncomingAccount(this.#parts, id, address));
    return { id };
  }

  async part({ id, elements }: Asked<'import part'>): Promise<Answers['import part']> {
    const { commits } = this.#house.core;
    const account = this.#account(id);
    const read = elements.map((text) => taken(account, text));
    commits.write(...read.flatMap(({ writes }) => writes));
    await commits.flushed();
    return read.flatMap(({ whole }, index) => (whole ? [] : [index]));
  }

  /** The account gets its address when it is whole. A password in clear is used where there is nothing better (ADR 0012). */
  async end({ id, replace, lookAlike, sha1, password }: Asked<'import end'>): Promise<null> {
    const { membership } = this.#house;
    const account = this.#account(id);
    const strong = account.hashes.has('SHA-256');
    if (!strong && account.hashes.size > 0 && password === null && !sha1) {
      await this.abandon({ id });
      throw new ControlRefusal('sha1-only', account.address);
    }
    const writes = await account.end();
    const refusal = await membership.importAccount(id, account.address, { replace, lookAlike }, writes);
    if (refusal !== undefined) await this.abandon({ id });
    throwRefused(refusal, account.address);
    this.#accounts.delete(id);
    if (password === null) return null;
    if (strong) return membership.learnPassword(account.address, password).then(() => null);
    return throwRefused(await membership.setPassword(account.address, password), account.address);
  }

  async abandon({ id }: Asked<'import abandon'>): Promise<null> {
    const { commits, stores } = this.#house.core;
    if (!this.#accounts.delete(id)) return null;
    commits.write(...stores.accounts.remove(id, this.#parts.clock.now()));
    await commits.flushed();
    return null;
  }

  #account(id: AccountId): IncomingAccount {
    const account = this.#accounts.get(id);
    if (account === undefined) throw new ControlRefusal('request-malformed', 'import');
    return account;
  }
}

const exportAccount = async (
  house: House,
  { address, place }: Asked<'export account'>,
): Promise<Answers['export account']> => {
  const account = await house.core.accounts.load(prepare(address));
  if (account === null) throw new ControlRefusal('address-unknown', address);
  const parts = { stores: house.core.stores, archiveIds: house.archiveIds, toStanza };
  return place === null ? firstPart(parts, account) : partAt(parts, account, place);
};

export const portableHandlers = (house: House): PortableHandlers => {
  const incoming = new Incoming(house);
  return {
    'export account': (asked) => exportAccount(house, asked),
    'import begin': (asked) => incoming.begin(asked),
    'import part': (asked) => incoming.part(asked),
    'import end': (asked) => incoming.end(asked),
    'import abandon': (asked) => incoming.abandon(asked),
  };
};
