// How many connections a listener takes, in all and from one source (SECURITY-CHECKLIST 4, 11).
import { sourceOf } from './addresses.ts';

export interface AdmissionLimits {
  /** Connections at a time. */
  readonly connections: number;
  /** Connections at a time from one IPv4 address or one IPv6 network; this machine's own are not counted. */
  readonly perSource: number;
}

/** Counts; its map is bounded by the number of connections. */
export class Admission {
  readonly #limits: AdmissionLimits;
  readonly #sources = new Map<string, number>();
  #count = 0;

  constructor(limits: AdmissionLimits) {
    this.#limits = limits;
  }

  get count(): number {
    return this.#count;
  }

  /** Takes a place for a connection from `address`; false when there is none. */
  enter(address: string): boolean {
    const source = sourceOf(address);
    const before = source === undefined ? 0 : (this.#sources.get(source) ?? 0);
    if (this.#count >= this.#limits.connections || before >= this.#limits.perSource) return false;
    this.#count++;
    if (source !== undefined) this.#sources.set(source, before + 1);
    return true;
  }

  /** Gives the place back. */
  leave(address: string): void {
    this.#count--;
    const source = sourceOf(address);
    if (source === undefined) return;
    const left = (this.#sources.get(source) ?? 1) - 1;
    if (left > 0) this.#sources.set(source, left);
    else this.#sources.delete(source);
  }
}
