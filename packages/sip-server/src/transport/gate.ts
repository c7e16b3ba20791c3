// What strangers are answered by UDP: no more than little, since the source of a datagram may be somebody else's address
// (SECURITY-CHECKLIST 55). Whoever answers without a transaction asks here first, once for each request.
import { isLoopback, neighbourhoodOf } from '@parlance/base/addresses';
import type { Clock } from '@parlance/base/clock';
import { RecentMap } from '@parlance/base/recent-map';
import type { Endpoint, Flow } from '@parlance/sip/flow';

/** A bucket of tokens: how full it was, and when. */
export interface Bucket {
  readonly tokens: number;
  /** Milliseconds of a monotonic clock. */
  readonly at: number;
}

export interface GateLimits {
  /** Answers at once to one neighbourhood: 24 bits of IPv4, 48 of IPv6. */
  readonly burst: number;
  /** Answers a second in the long run. */
  readonly perSecond: number;
  /** Neighbourhoods, and proved sources, that are remembered at least; at most twice as many. */
  readonly sources: number;
}

/** An answer may be so many times as long as its request. */
const factor = 3;

/** The bucket after one more token has been taken; undefined when there is none. */
export const taken = (
  bucket: Bucket | undefined,
  now: number,
  { burst, perSecond }: GateLimits,
): Bucket | undefined => {
  const tokens =
    bucket === undefined ? burst : Math.min(burst, bucket.tokens + ((now - bucket.at) / 1_000) * perSecond);
  return tokens < 1 ? undefined : { tokens: tokens - 1, at: now };
};

/** Whether an answer is small enough for a request. */
export const isProportionate = (answer: number, request: number): boolean => answer <= factor * request;

export class Gate {
  readonly #clock: Clock;
  readonly #limits: GateLimits;
  readonly #buckets: RecentMap<string, Bucket>;
  readonly #proved: RecentMap<string, true>;

  constructor(clock: Clock, limits: GateLimits) {
    this.#clock = clock;
    this.#limits = limits;
    this.#buckets = new RecentMap(limits.sources);
    this.#proved = new RecentMap(limits.sources);
  }

  /** Somebody there has repeated what only they could have read, e.g. a nonce of ours. */
  prove({ reliable, remote }: Flow): void {
    if (!reliable) this.#proved.set(sourceKey(remote.address, remote.port), true);
  }

  /**
   * Whether one answer of `answer` bytes may go to whoever sent a datagram of `request` bytes; counts it. When not: silence.
   * Connections have proved their source, and nobody elsewhere can send from this machine's loopback.
   */
  admits({ reliable, remote }: Flow, request: number, answer: number): boolean {
    if (reliable || isLoopback(remote.address) || this.#isProved(remote)) return true;
    if (!isProportionate(answer, request)) return false;
    const neighbourhood = neighbourhoodOf(remote.address);
    const bucket = taken(this.#buckets.get(neighbourhood), this.#clock.monotonic(), this.#limits);
    if (bucket === undefined) return false;
    this.#buckets.set(neighbourhood, bucket);
    return true;
  }

  #isProved({ address, port }: Endpoint): boolean {
    return this.#proved.get(sourceKey(address, port)) === true;
  }
}

const sourceKey = (address: string, port: number): string => `${address} ${port}`;
