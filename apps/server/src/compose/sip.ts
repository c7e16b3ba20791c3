// The SIP side of a running server: transports, transactions, authentication, registrar, services; made here and nowhere else (DESIGN §3).
import { createHmac } from 'node:crypto';
import type { Turn } from '@parlance/base/turn';
import type { Account } from '@parlance/core/account';
import { type Address, addressOf } from '@parlance/core/ids';
import { localOfUser } from '@parlance/gateway/translate/addresses';
import type { Flow } from '@parlance/sip/flow';
import type { SipMessage } from '@parlance/sip/message';
import { Transactions } from '@parlance/sip/transaction/transactions';
import { Authenticator } from '@parlance/sip-server/auth/authenticator';
import type { SipContext } from '@parlance/sip-server/context';
import type { Events } from '@parlance/sip-server/events/events';
import { SipAdapter } from '@parlance/sip-server/message/deliver';
import { MessageService } from '@parlance/sip-server/message/service';
import { Policy } from '@parlance/sip-server/proxy/policy';
import { SipProxy } from '@parlance/sip-server/proxy/proxy';
import { Bindings } from '@parlance/sip-server/registrar/bindings';
import { Registrar } from '@parlance/sip-server/registrar/registrar';
import { nodeDns } from '@parlance/sip-server/resolve/node-dns';
import { Resolver } from '@parlance/sip-server/resolve/resolver';
import { SipServer } from '@parlance/sip-server/server';
import { Gate } from '@parlance/sip-server/transport/gate';
import { Transports } from '@parlance/sip-server/transport/transports';
import type { WebDoor } from '@parlance/sip-server/transport/web-sockets';
import { parseJid } from '@parlance/xmpp/jid';
import type { Certificates } from '../certificates/certificates.ts';
import type { Configuration } from '../config/configuration.ts';
import { systemDigest } from '../ports/digest.ts';
import type { Core } from './core.ts';
import { dataKey } from './data-keys.ts';
import { composeEvents } from './events.ts';
import { toSip } from './gateway.ts';
import type { PhonePasswords } from './ha1.ts';
import { gateLimits, sipLimits, transportLimits } from './limits.ts';
import type { Ports } from './ports.ts';
import { sipPolicy } from './sip-policy.ts';
import type { XmppSide } from './xmpp.ts';

export interface SipParts extends Ports {
  readonly configuration: Configuration;
  readonly certificates: Certificates;
  readonly turn: Turn;
  readonly core: Core;
  readonly xmpp: XmppSide;
  readonly phones: PhonePasswords;
  readonly isLocal: (domain: string) => boolean;
}

export interface SipSide {
  readonly transports: Transports;
  readonly transactions: Transactions;
  readonly bindings: Bindings;
  readonly events: Events;
  /** Takes over WebSockets that speak SIP. */
  readonly door: WebDoor;
  /** Brings back the bindings of the last process; to be awaited before anybody may connect. */
  restore(): Promise<void>;
  /** Takes over what a reload may change: the rules of the operator. */
  follow(next: Configuration): void;
  close(): Promise<void>;
}

/** Bits of branches and tags. */
const tokenBits = 96;

/** A user part and a host as an address of the house: other characters, one preparation for both protocols (RFC 7247 §6.4). */
const addressFrom = (user: string, domain: string): Address | undefined => {
  const jid = parseJid(`${localOfUser(user)}@${domain}`);
  return jid === undefined || jid.local === '' || jid.resource !== '' ? undefined : addressOf(jid.local, jid.domain);
};

/** The same text for the same parts, as long as the data directory keeps its key. */
const sealWith =
  (key: Uint8Array) =>
  (...parts: readonly string[]): string =>
    createHmac('sha256', key).update(parts.join('\0')).digest('hex').slice(0, 40);

const authenticatorOf = ({ configuration, core, phones, clock, crypto, log, random }: SipParts): Authenticator =>
  new Authenticator({
    ...phones.ha1,
    accountPassword: phones.accountPassword,
    hash: systemDigest,
    stores: core.stores,
    accounts: core.accounts,
    clock,
    crypto,
    log,
    nonceKey: random.bytes(32),
    addressFrom,
    md5: configuration.sip.digestMd5,
    requireTls: configuration.sip.requireTls,
  });

/** What the lower layers hand up. */
interface Upper {
  receive(message: SipMessage, flow: Flow, datagram: number): void;
  closed(flow: Flow): void;
  stray(message: SipMessage, flow: Flow): void;
}

/** Transports, and transactions over them (RFC 3261 §5). */
const layersOf = (parts: SipParts, upper: Upper): Pick<SipContext, 'transports' | 'transactions'> => {
  const { clock, random, crypto, log, configuration, certificates, turn } = parts;
  const transports = new Transports({
    clock,
    crypto,
    random,
    log,
    turn,
    limits: transportLimits(configuration),
    advertise: configuration.sip.advertise,
    tls: certificates,
    receive: (message, flow, datagram) => upper.receive(message, flow, datagram),
    closed: (flow) => {
      transactions.lost(flow);
      upper.closed(flow);
    },
  });
  const transactions = new Transactions({
    clock,
    random: () => random.token(tokenBits),
    sentBy: (flow) => transports.sentBy(flow),
    user: { stray: (message, flow) => upper.stray(message, flow) },
  });
  return { transports, transactions };
};

const contextOf = (parts: SipParts, upper: Upper): SipContext => ({
  ...parts.core,
  ...layersOf(parts, upper),
  clock: parts.clock,
  random: parts.random,
  log: parts.log,
  authenticator: authenticatorOf(parts),
  limits: sipLimits(parts.configuration),
  isLocal: parts.isLocal,
  addressFrom,
  fromForeign: toSip,
  seal: sealWith(dataKey(parts.configuration.data, 'sip-seal', 32)),
});

export const composeSip = (parts: SipParts): SipSide => {
  const { clock, random, configuration, core } = parts;
  const context = contextOf(parts, {
    receive: (message, flow, datagram) => server.receive(message, flow, datagram),
    closed: (flow) => bindings.closed(flow),
    stray: (message, flow) => proxy.stray(message, flow),
  });
  const { transports, transactions, authenticator } = context;
  const bindings: Bindings = new Bindings(context);
  const messages = new MessageService(context);
  const registrar = new Registrar(context, bindings);
  const policy = new Policy(sipPolicy(configuration));
  const resolver = new Resolver({ clock, random, dns: nodeDns(), hosts: configuration.sip.hosts });
  const proxy: SipProxy = new SipProxy(context, bindings, { policy, resolver, trace: core.trace });
  const gate = new Gate(clock, gateLimits);
  const events = composeEvents(core, parts.xmpp, context, bindings);
  const server: SipServer = new SipServer({ context, bindings, registrar, messages, events, gate, proxy, policy });
  core.router.register(new SipAdapter(context, bindings));
  core.membership.onCredentials.on('act', (address) => void authenticator.forget(address));
  const endAll = (account: Account): void => {
    for (const binding of bindings.of(account)) bindings.end(binding);
  };
  core.membership.onRemove.on('act', (account) => void endAll(account));
  core.membership.onSuspend.on('act', (account) => void endAll(account));
  return {
    transports,
    transactions,
    bindings,
    events,
    door: transports.webDoor(),
    restore: async () => {
      await messages.accepted.restore();
      await bindings.restore();
    },
    follow: (next) => policy.replace(sipPolicy(next)),
    close: async () => {
      bindings.close();
      await transports.close();
    },
  };
};
