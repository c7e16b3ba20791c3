// The HTTP and HTTPS listeners: web client, well-known documents, and the doors to WebSocket and BOSH (CONTRACT, `http`, `https`).
import { constants } from 'node:crypto';
import type { IncomingMessage, Server } from 'node:http';
import type { Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import type { SecureContext, SecureContextOptions, TLSSocket } from 'node:tls';
import type { Log } from '@parlance/base/log';
import fastify, { type FastifyInstance, type FastifyReply, type FastifyRequest } from 'fastify';
import { type BoshHandler, boshEntry } from './bosh-entry.ts';
import { hostMeta } from './host-meta.ts';
import { hostOf, mayConnect } from './origins.ts';
import { peerOf, type TrustedProxies, type WebPeer } from './peer.ts';
import { secureUrl, type UrlParts } from './urls.ts';
import { safetyHeaders, webClient } from './web-client.ts';

/** The certificates of an HTTPS listener. */
export interface HttpsPort {
  /** For clients that name a host. */
  context(serverName: string): SecureContext;
  /** For those that do not; asked again after every change. */
  fallback(): SecureContextOptions;
  onChange(run: () => void): void;
}

/** Takes over a WebSocket whose path, origin and security have been checked; answers it in any case. */
export type WebSocketDoor = (request: IncomingMessage, wire: Duplex, head: Buffer, peer: WebPeer) => void;

export interface HttpParts extends UrlParts {
  readonly address: string;
  /** 0 takes any free port. */
  readonly port: number;
  /** Absent: plain HTTP. */
  readonly https: HttpsPort | undefined;
  readonly origins: readonly string[];
  readonly trusted: TrustedProxies;
  /** `auth.plaintext`: what is off a secure path is served all the same. */
  readonly plaintext: boolean;
  /** Whose people sign in with a name alone; undefined: whatever the host is called. */
  readonly domain?: string;
  /** The folder of the built web client. */
  readonly webRoot: string;
  /** Connections at a time. */
  readonly connections: number;
  /** Takes a place for a connection from an address, when there is one, and gives it back. */
  readonly admission: { enter(address: string): boolean; leave(address: string): void };
  /** Bytes of a BOSH request that begins like this. */
  bodyLimit(head: string): number;
  readonly bosh: BoshHandler;
  /** By path: `/xmpp-websocket` (RFC 7395), `/sip` (RFC 7118). */
  readonly webSockets: ReadonlyMap<string, WebSocketDoor>;
  readonly log: Log;
}

export interface HttpListening {
  readonly address: string;
  readonly port: number;
  /** Takes no more requests; those that run are ended by whoever answers them. */
  close(): Promise<void>;
}

/** Slow requests and large headers are cut off, whoever sends them (SECURITY-CHECKLIST 4). */
const serverOptions = {
  maxHeaderSize: 16_384,
  headersTimeout: 10_000,
  requestTimeout: 30_000,
  connectionsCheckingInterval: 5_000,
  keepAlive: true,
  keepAliveInitialDelay: 35_000,
};

const tlsOptions = (https: HttpsPort) => ({
  ...https.fallback(),
  minVersion: 'TLSv1.2' as const,
  handshakeTimeout: serverOptions.headersTimeout,
  secureOptions: constants.SSL_OP_NO_RENEGOTIATION,
});

const createApp = ({ https, log }: HttpParts): FastifyInstance => {
  const options = {
    bodyLimit: 16_384,
    keepAliveTimeout: 65_000,
    requestTimeout: serverOptions.requestTimeout,
    forceCloseConnections: true,
    routerOptions: { maxParamLength: 200 },
  };
  if (https === undefined) return fastify({ ...options, http: serverOptions });
  const secure = fastify({
    ...options,
    https: {
      ...serverOptions,
      ...tlsOptions(https),
      ALPNProtocols: ['http/1.1'],
      SNICallback: (name, done) => done(null, https.context(name)),
    },
  });
  https.onChange(() => secure.server.setSecureContext(tlsOptions(https)));
  secure.server.on('tlsClientError', (error: Error, _: TLSSocket) => log.debug('handshake failed', { error }));
  return secure;
};

/** Errors and unknown paths say nothing but their number. */
const quiet = (app: FastifyInstance, log: Log): void => {
  app.setNotFoundHandler((_, reply) => reply.code(404).send());
  app.setErrorHandler((error: { readonly statusCode?: number }, _, reply) => {
    const status = error.statusCode ?? 500;
    if (status >= 500) log.error('http fault', { error });
    return reply.code(status).send();
  });
};

/** Off a secure path: documents move to https, everything else is refused (ADR 0005). */
const guard = (app: FastifyInstance, parts: HttpParts): void => {
  app.addHook('onRequest', async (request: FastifyRequest, reply: FastifyReply) => {
    reply.headers(safetyHeaders(hostOf(request.raw)));
    if (request.headers['content-encoding'] !== undefined) return reply.code(415).send();
    if (parts.plaintext || peerOf(request.raw, parts.trusted).securePath) return undefined;
    const moved = request.method === 'GET' || request.method === 'HEAD' ? secureUrl(request.raw, parts) : undefined;
    return moved === undefined ? reply.code(403).send() : reply.redirect(moved, 308);
  });
};

const refuse = (wire: Duplex, status: string): void => {
  wire.end(`HTTP/1.1 ${status}\r\nConnection: close\r\nContent-Length: 0\r\n\r\n`, () => wire.destroy());
};

const webSockets = (server: Server, parts: HttpParts): void => {
  server.on('upgrade', (request: IncomingMessage, wire: Duplex, head: Buffer) => {
    wire.on('error', () => undefined);
    const peer = peerOf(request, parts.trusted);
    const door = parts.webSockets.get(request.url?.replace(/\?.*/, '') ?? '');
    if (door === undefined) refuse(wire, '404 Not Found');
    else if (!parts.plaintext && !peer.securePath) refuse(wire, '403 Forbidden');
    else if (!mayConnect(request, parts)) refuse(wire, '403 Forbidden');
    else door(request, wire, head, peer);
  });
};

/** From one source no more connections at a time than it may have; a trusted proxy stands for many. */
const admit = (server: Server, { admission, trusted, log }: HttpParts): void => {
  server.on('connection', (socket: Socket) => {
    const { remoteAddress: address = '' } = socket;
    if (trusted(address)) return;
    if (admission.enter(address)) socket.once('close', () => admission.leave(address));
    else {
      log.debug('connection refused', { address });
      socket.destroy();
    }
  });
};

/** Rejects when the port cannot be taken. */
export const listenHttp = async (parts: HttpParts): Promise<HttpListening> => {
  const app = createApp(parts);
  guard(app, parts);
  quiet(app, parts.log);
  hostMeta(app, parts.publicUrl, parts.domain);
  boshEntry(app, parts, (request) => peerOf(request.raw, parts.trusted));
  await webClient(app, parts.webRoot);
  webSockets(app.server, parts);
  admit(app.server, parts);
  app.server.maxConnections = parts.connections;
  await app.listen({ host: parts.address, port: parts.port });
  const at = app.server.address();
  if (at === null || typeof at === 'string') throw new Error('an HTTP server without an address');
  return { address: at.address, port: at.port, close: () => app.close() };
};
