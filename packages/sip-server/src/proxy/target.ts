// Where a request may go: the contacts of an account by q, each device once; a place by a URI; a way that is known (RFC 3261 §16.5).
import type { Flow } from '@parlance/sip/flow';
import { readSip, type SipUri } from '@parlance/sip/uri';
import type { Binding } from '../registrar/binding.ts';
import type { Target as Place } from '../transport/parts.ts';

/** How the next element is reached: it is there, it is at a place, or its URI is looked up (RFC 3263). */
export type Next = { readonly flow: Flow } | { readonly place: Place } | { readonly uri: SipUri };

/** One thing that can be tried. */
export interface Stop {
  /** The new Request-URI; undefined: as it was. */
  readonly uri: string | undefined;
  /** Proxies on the way, topmost first (RFC 3327 §5.1). */
  readonly routes: readonly string[];
  readonly next: Next;
  /** Later requests of a dialog go where this one went; else as Route and Contact say. */
  readonly stays: boolean;
  /** What `parlance trace` shows. */
  readonly row: string;
}

/** One device, server or flow: its stops are tried in order, until one of them is there. */
export type Target = readonly Stop[];

/** Targets that are tried at once; one group after the other. */
export type Group = readonly Target[];

export const stopAt = (binding: Binding): Stop => {
  const { account, flow, label, state } = binding;
  const [first] = state.path;
  const next = (): Next => {
    if (first !== undefined) return { uri: readSip(first) };
    return flow === undefined ? { place: { transport: state.transport, ...state.remote } } : { flow };
  };
  return {
    uri: state.contact,
    routes: state.path,
    next: next(),
    stays: first === undefined,
    row: `${account.address}/${label}`,
  };
};

/** Bindings that are there, by falling q, and of equal q the latest first. */
export const inOrder = (bindings: readonly Binding[]): readonly Binding[] =>
  bindings
    .filter((each) => each.connected)
    .toReversed()
    .toSorted((one, other) => other.state.q - one.state.q);

/** Whether a GRUU's parameter names this device (RFC 5627 §3.1), or this server's label of it (RFC 7247 §5). */
export const isMeant = ({ label, state }: Binding, gruu: string): boolean =>
  label === gruu || state.instance === `<${gruu}>`;

/**
 * The contacts of an account in groups of falling q. Several flows of one device are one target: they are tried one after the
 * other (RFC 5626 §7).
 */
export const groupsOf = (bindings: readonly Binding[]): readonly Group[] => {
  const devices = new Map<string, Binding[]>();
  for (const binding of inOrder(bindings)) {
    const { instance } = binding.state;
    const key = instance ?? binding.id;
    const others = devices.get(key);
    if (others === undefined) devices.set(key, [binding]);
    else others.push(binding);
  }
  const groups = new Map<number, Target[]>();
  for (const flows of devices.values()) {
    const q = flows[0]?.state.q ?? 0;
    const target = flows.map(stopAt);
    groups.set(q, [...(groups.get(q) ?? []), target]);
  }
  return [...groups].sort(([one], [other]) => other - one).map(([, group]) => group);
};

/** The server that a URI names. */
export const serverAt = (uri: SipUri, row: string, requestUri?: string): Target => [
  { uri: requestUri, routes: [], next: { uri }, stays: false, row },
];
