// Who is at the other end of a request, and whether nobody between could read along: the secure-path rule (ADR 0005).
import type { IncomingHttpHeaders, IncomingMessage } from 'node:http';
import { BlockList, isIP, isIPv6 } from 'node:net';
import { TLSSocket } from 'node:tls';
import type { Endpoint } from '@parlance/core/session';

export interface WebPeer {
  /** The client's own address, also behind a trusted proxy; the port is 0 there. */
  readonly remote: Endpoint;
  /** TLS here, loopback without forwarding headers, or a trusted proxy that says https. */
  readonly securePath: boolean;
}

/** Addresses and networks (`10.0.0.0/8`) whose forwarding headers are believed. */
export type TrustedProxies = (address: string) => boolean;

const family = (address: string): 'ipv4' | 'ipv6' => (isIPv6(address) ? 'ipv6' : 'ipv4');

export const trustedProxies = (networks: readonly string[]): TrustedProxies => {
  const list = new BlockList();
  for (const network of networks) {
    const [base = '', bits] = network.split('/');
    if (bits === undefined) list.addAddress(base, family(base));
    else list.addSubnet(base, Number(bits), family(base));
  }
  return (address) => isIP(address) !== 0 && list.check(address, family(address));
};

const plain = (address: string): string => address.replace(/^::ffff:(?=\d+\.)/, '');

const isLoopback = (address: string): boolean => address === '::1' || address.startsWith('127.');

const isForwarded = (headers: IncomingHttpHeaders): boolean =>
  Object.keys(headers).some((name) => name === 'forwarded' || name.startsWith('x-forwarded-'));

const last = (header: string | string[] | undefined): string | undefined =>
  String(header ?? '')
    .split(',')
    .at(-1)
    ?.trim();

/** The nearest address in `X-Forwarded-For` that is no trusted proxy: what stands further left, anybody may have written. */
const forwardedFor = (headers: IncomingHttpHeaders, trusted: TrustedProxies): string | undefined =>
  String(headers['x-forwarded-for'] ?? '')
    .split(',')
    .map((each) => plain(each.trim()))
    .findLast((each) => !trusted(each));

export const peerOf = ({ socket, headers }: IncomingMessage, trusted: TrustedProxies): WebPeer => {
  const address = plain(socket.remoteAddress ?? '');
  const encrypted = socket instanceof TLSSocket;
  if (trusted(address)) {
    const said = last(headers['x-forwarded-proto']);
    const client = forwardedFor(headers, trusted) ?? '';
    return {
      remote: isIP(client) === 0 ? { address, port: socket.remotePort ?? 0 } : { address: client, port: 0 },
      securePath: said === undefined || said === '' ? encrypted : said === 'https',
    };
  }
  return {
    remote: { address, port: socket.remotePort ?? 0 },
    securePath: encrypted || (isLoopback(address) && !isForwarded(headers)),
  };
};
