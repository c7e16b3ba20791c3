// Answers to requests of the CLI, the same whether the server runs or not.
import { isRefusal, type Refusal } from '@parlance/base/refusal';
import { type Address, addressOf, domainOf, localOf } from '@parlance/core/ids';
import type { Session } from '@parlance/core/session';
import { formatJid, parseJid } from '@parlance/xmpp/jid';
import { ConfigurationError } from '../config/refuse.ts';
import { version } from '../version.ts';
import { appPasswordHandlers } from './app-passwords.ts';
import type { House } from './house.ts';
import { portableHandlers } from './portable.ts';
import { prepare, tryPrepare } from './prepare.ts';
import { throwRefused, told } from './refusals.ts';
import {
  type AddressRow,
  type Answers,
  type Ask,
  type Asked,
  ControlRefusal,
  type ImportFailure,
  type RequestName,
} from './requests.ts';

/** Accounts in one answer of the list. */
const listPage = 500;

/** A change of one account: what the core refuses is refused with the address as it was written. */
const change = async (written: string, make: (address: Address) => Promise<Refusal | undefined>): Promise<null> =>
  throwRefused(await make(prepare(written)), written);

const importUsers = async (
  { membership }: House,
  { users, lookAlike }: Asked<'user import'>,
): Promise<ImportFailure[]> => {
  const lines = users.map(({ address, password }, index) => ({ index, password, address: tryPrepare(address) }));
  const good = lines.flatMap(({ address, ...line }) => (address === undefined ? [] : [{ ...line, address }]));
  const outcomes = await membership.createMany(
    good.map(({ address, password }) => ({ address, password, role: 'user', lookAlike })),
  );
  const refused = good.flatMap(({ index }, n) => {
    const outcome = outcomes[n];
    return isRefusal(outcome) ? [{ index, ...told(outcome) }] : [];
  });
  const malformed = lines
    .filter(({ address }) => address === undefined)
    .map(({ index }): ImportFailure => ({ index, code: 'address-malformed' }));
  return [...malformed, ...refused].sort((a, b) => a.index - b.index);
};

/** Domain by domain as configured, each in the order of local parts. */
const list = async (
  { configuration, core }: House,
  { domain, after }: Asked<'user list'>,
): Promise<Answers['user list']> => {
  const all = configuration.domains.map(({ name }) => name);
  const domains = domain === null ? all : all.filter((name) => name === parseJid(domain)?.domain);
  if (domains.length === 0) throw new ControlRefusal('domain-foreign', domain ?? '');
  const from = after === null ? 0 : Math.max(0, domains.indexOf(domainOf(after as Address)));
  for (const name of domains.slice(from)) {
    const above = after !== null && domainOf(after as Address) === name ? localOf(after as Address) : '';
    const users = await core.stores.accounts.list(name, above, listPage);
    const last = users.at(-1);
    if (last !== undefined) return { users, next: last.address };
  }
  return { users: [], next: null };
};

const toRow = (session: Session): AddressRow => ({
  id: session.label === '' ? session.account.address : `${session.account.address}/${session.label}`,
  protocol: session.protocol,
  device: session.device ?? null,
  remote: session.remote,
  node: null,
  endpoints: [],
  show: session.availability?.show ?? null,
  priority: session.availability?.priority ?? null,
  connected: session.connected,
  since: session.since,
});

const addresses = async ({ core }: House, written: string | null): Promise<readonly AddressRow[]> => {
  if (written === null) return [...core.table.all()].map(toRow);
  const jid = parseJid(written);
  if (jid === undefined || jid.local === '') throw new ControlRefusal('address-malformed', written);
  const rows = core.table.sessions(addressOf(jid.local, jid.domain)).map(toRow);
  if (rows.length === 0 && (await core.accounts.load(addressOf(jid.local, jid.domain))) === null)
    throw new ControlRefusal('address-unknown', written);
  return jid.resource === '' ? rows : rows.filter(({ id }) => id === formatJid(jid));
};

const trace = ({ core, archiveIds, running }: House, id: string): Answers['trace'] => {
  if (running === undefined) throw new ControlRefusal('not-running', id);
  const records = core.trace.find(id, ({ account, sequence }) => archiveIds.seal({ id: account }, sequence));
  if (records.length === 0) throw new ControlRefusal('trace-unknown', id);
  return records;
};

const status = ({ configuration, core, running }: House): Answers['status'] => ({
  running: running !== undefined,
  version,
  pid: running === undefined ? null : process.pid,
  data: configuration.data,
  domains: configuration.domains.map(({ name }) => name),
  since: running?.since ?? null,
  sessions: core.table.size,
  messages: core.trace.total,
  retention: running?.retention() ?? null,
  phones: running?.phones() ?? null,
  listeners: running?.listeners ?? [],
});

const reload = async ({ running }: House): Promise<readonly string[]> => {
  if (running === undefined) throw new ControlRefusal('not-running', '');
  try {
    return await running.reload();
  } catch (error) {
    if (error instanceof ConfigurationError) throw new ControlRefusal('configuration', error.message);
    throw error;
  }
};

type Handlers = { readonly [Name in RequestName]: (asked: Asked<Name>) => Promise<Answers[Name]> | Answers[Name] };

/** Answers requests on a house. Rejects with ControlRefusal for an expected no. */
export const answersOf = (house: House): Ask => {
  const { membership } = house;
  const handlers: Handlers = {
    'user add': ({ address, password, role, lookAlike }) =>
      change(address, (prepared) => membership.create({ address: prepared, password, role, lookAlike })),
    'user import': (asked) => importUsers(house, asked),
    'user list': (asked) => list(house, asked),
    'user passwd': ({ address, password }) => change(address, (prepared) => membership.setPassword(prepared, password)),
    'user remove': ({ address }) => change(address, (prepared) => membership.remove(prepared)),
    'user role': ({ address, role }) => change(address, (prepared) => membership.setRole(prepared, role)),
    'user suspend': ({ address, suspended }) =>
      change(address, (prepared) => membership.setSuspended(prepared, suspended)),
    ...appPasswordHandlers(house),
    ...portableHandlers(house),
    addresses: ({ address }) => addresses(house, address),
    trace: ({ id }) => trace(house, id),
    status: () => status(house),
    reload: () => reload(house),
  };
  return async (name, asked) => handlers[name](asked);
};
