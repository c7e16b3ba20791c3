// The port of the domain name system: what finding a SIP server asks it (RFC 3263 §4; RFC 3403, RFC 2782).

/** A NAPTR record; its replacement is the name of SRV records. */
export interface Naptr {
  readonly order: number;
  readonly preference: number;
  /** `s` for SRV records. */
  readonly flags: string;
  /** Such as `SIP+D2U`. */
  readonly service: string;
  readonly replacement: string;
}

export interface Srv {
  readonly priority: number;
  readonly weight: number;
  readonly port: number;
  readonly target: string;
}

/** Each resolves with nothing when there is no such record, and rejects when nobody could be asked. */
export interface Dns {
  naptr(name: string): Promise<readonly Naptr[]>;
  srv(name: string): Promise<readonly Srv[]>;
  /** IPv4 and IPv6 addresses without brackets. */
  addresses(name: string): Promise<readonly string[]>;
}
