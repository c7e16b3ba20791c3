// What verifiers of people look like, domain by domain: who came from another server has other rounds and salts, and so must some decoys (checklist 16).
import type { HashName } from '@parlance/base/crypto';
import { type CredentialStore, decodeVerifier, saltLength, scramRounds } from '@parlance/core/credentials';

/** What everybody can see of a verifier. */
export interface Shape {
  readonly rounds: number;
  /** Bytes of salt. */
  readonly salt: number;
}

/** The verifiers that somebody has. */
export type Likeness = ReadonlyMap<HashName, Shape>;

/** What a new password of this house gives. */
export const houseShape: Shape = { rounds: scramRounds, salt: saltLength };

const hashes = ['SHA-1', 'SHA-256'] as const satisfies readonly HashName[];

const houseLikeness: Likeness = new Map(hashes.map((hash) => [hash, houseShape]));

/** Kinds of people that are told apart in a domain. */
const most = 16;

export class Likenesses {
  readonly #store: Pick<CredentialStore, 'likenesses'>;
  #domains: ReadonlyMap<string, readonly Likeness[]> = new Map();
  #needSha1: ReadonlySet<string> = new Set();
  #reading: Promise<void> | undefined;
  #again = false;

  constructor(store: Pick<CredentialStore, 'likenesses'>) {
    this.#store = store;
  }

  /** Looks at all accounts; asked for meanwhile, once more afterwards. */
  async refresh(): Promise<void> {
    this.#again = true;
    this.#reading ??= this.#readAll();
    await this.#reading;
  }

  /** At least one: where nobody is, that of this house. */
  of(domain: string): readonly [Likeness, ...(readonly Likeness[])] {
    const [first = houseLikeness, ...more] = this.#domains.get(domain) ?? [];
    return [first, ...more];
  }

  /** Whether somebody of a domain has a verifier for SHA-1 and none for SHA-256. */
  needsSha1(domain: string): boolean {
    return this.#needSha1.has(domain);
  }

  async #readAll(): Promise<void> {
    try {
      while (this.#again) {
        this.#again = false;
        await this.#read();
      }
    } finally {
      this.#reading = undefined;
    }
  }

  async #read(): Promise<void> {
    const domains = new Map<string, Likeness[]>();
    const needSha1 = new Set<string>();
    for (const { domain, stored } of await this.#store.likenesses()) {
      const shapes = hashes.flatMap((hash): [HashName, Shape][] => {
        const verifier = decodeVerifier(stored[hash] ?? '{}');
        return verifier === undefined ? [] : [[hash, { rounds: verifier.rounds, salt: verifier.salt.length }]];
      });
      if (shapes.length === 0) continue;
      const [likeness, known]: [Likeness, Likeness[]] = [new Map(shapes), domains.get(domain) ?? []];
      if (known.length < most) domains.set(domain, [...known, likeness]);
      if (!likeness.has('SHA-256')) needSha1.add(domain);
    }
    this.#domains = domains;
    this.#needSha1 = needSha1;
  }
}
