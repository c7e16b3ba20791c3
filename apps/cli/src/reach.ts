// How a command reaches the server of its account: TCP with TLS, or a WebSocket.
import { parseJid } from '@parlance/xmpp/jid';
import type { Transport } from '@parlance/xmpp-client/transport';
import { parseAddress } from '@parlance/xmpp-client/transports/resolve';
import { tcp } from '@parlance/xmpp-client/transports/tcp';
import { nodeWebSocket } from '@parlance/xmpp-client/transports/websocket-node';
import { CommandFailed, type Terminal } from './terminal.ts';

export interface ReachOptions {
  /** `host:port`, or the URL of a WebSocket. */
  readonly server?: string;
  readonly directTls?: true;
}

const loopback = /^(?:localhost|127(?:\.\d{1,3}){3}|::1)$/;

export const isLoopback = (host: string): boolean => loopback.test(host);

/** What never leaves this machine needs no certificate that others vouch for; everything else does. */
const trustFor = (host: string): { readonly verify: boolean } => ({ verify: !isLoopback(host) });

const webSocket = (url: string): Transport | undefined => {
  if (!/^wss?:\/\//.test(url) || !URL.canParse(url)) return undefined;
  const host = new URL(url).hostname.replaceAll(/[[\]]/g, '');
  return nodeWebSocket(url, { trust: trustFor(host) });
};

/** The transport for an account. Throws CommandFailed when address or server cannot be read. */
export const reach = (terminal: Terminal, address: string, { server, directTls }: ReachOptions): Transport => {
  const domain = parseJid(address)?.domain;
  if (domain === undefined) throw new CommandFailed(terminal.texts.notAddress(address));
  const overWeb = server === undefined ? undefined : webSocket(server);
  if (overWeb !== undefined) return overWeb;
  const place = server === undefined ? undefined : parseAddress(server, directTls === true ? 5223 : 5222);
  if (server !== undefined && place === undefined) throw new CommandFailed(terminal.texts.notServer(server));
  const host = place?.host ?? domain;
  return tcp({
    domain,
    directTls: directTls === true,
    trust: trustFor(host),
    allowPlaintext: isLoopback(host),
    ...(place === undefined ? {} : { server: place }),
  });
};
