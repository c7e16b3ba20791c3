// What the operator decides: where requests go, whom we believe, which domains redirect (CONTRACT, `sip.routes`, `sip.peers`, `sip.mode`).
import { BlockList, isIPv6 } from 'node:net';
import { plainAddress } from '@parlance/base/addresses';
import type { Flow } from '@parlance/sip/flow';
import type { SipRequest } from '@parlance/sip/message';
import { isSip, type SipUri, unescaped } from '@parlance/sip/uri';

/** What a request must be for a rule; what is undefined does not matter. */
export interface Match {
  /** Of the Request-URI. */
  readonly domain?: string | undefined;
  /** What its user part begins with. */
  readonly prefix?: string | undefined;
  readonly method?: string | undefined;
  /** An address or a network that it comes from. */
  readonly source?: string | undefined;
}

export interface Rule {
  readonly match: Match;
  /** To this server, or away with this status. */
  readonly action: { readonly to: SipUri } | { readonly deny: number };
}

/** A server whose word about its own domain is believed: by a name in its certificate, or by where it is. */
export interface Peer {
  readonly domain: string;
  readonly tls?: string | undefined;
  /** An address or a network. */
  readonly address?: string | undefined;
}

export interface PolicySettings {
  readonly routes: readonly Rule[];
  readonly peers: readonly Peer[];
  /** Domains of ours that answer with 302 (RFC 3261 §8.3). */
  readonly redirects: ReadonlySet<string>;
}

type Test = (address: string) => boolean;

/** Whether an address is in `address/bits`, or is the one that is named. */
const within = (network: string): Test => {
  const [base = '', bits] = network.split('/');
  const family = isIPv6(base) ? 'ipv6' : 'ipv4';
  const list = new BlockList();
  if (bits === undefined) list.addAddress(base, family);
  else list.addSubnet(base, Number(bits), family);
  return (address) => list.check(plainAddress(address), isIPv6(plainAddress(address)) ? 'ipv6' : 'ipv4');
};

interface Ready<T> {
  readonly each: T;
  readonly from: Test;
}

const anywhere: Test = () => true;
const nowhere: Test = () => false;

export class Policy {
  #routes: readonly Ready<Rule>[] = [];
  #peers: readonly Ready<Peer>[] = [];
  #redirects: ReadonlySet<string> = new Set();

  constructor(settings: PolicySettings) {
    this.replace(settings);
  }

  /** From the next request on; calls that have begun go on as they did. */
  replace({ routes, peers, redirects }: PolicySettings): void {
    this.#routes = routes.map((each) => ({
      each,
      from: each.match.source === undefined ? anywhere : within(each.match.source),
    }));
    this.#peers = peers.map((each) => ({ each, from: each.address === undefined ? nowhere : within(each.address) }));
    this.#redirects = redirects;
  }

  /** The first rule that fits. */
  ruleFor({ target, method }: SipRequest, { remote }: Flow): Rule | undefined {
    if (this.#routes.length === 0 || !isSip(target)) return undefined;
    const user = unescaped(target.user ?? '') ?? '';
    const found = this.#routes.find(
      ({ each: { match }, from }) =>
        (match.domain === undefined || match.domain === target.host) &&
        (match.prefix === undefined || user.startsWith(match.prefix)) &&
        (match.method === undefined || match.method === method) &&
        from(remote.address),
    );
    return found?.each;
  }

  /** Whether the server at the other end speaks for a domain. `names`: those that its certificate proves (RFC 5922 §7.1). */
  believes(domain: string, { remote }: Flow, names: readonly string[]): boolean {
    return this.#peers.some(
      ({ each, from }) =>
        each.domain === domain && (from(remote.address) || (each.tls !== undefined && names.includes(each.tls))),
    );
  }

  redirects(domain: string): boolean {
    return this.#redirects.has(domain);
  }
}
