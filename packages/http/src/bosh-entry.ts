// The HTTP side of BOSH: bodies in, bodies out, and which web pages may ask (XEP-0124 §3, §5; Fetch §3.2).
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { mayConnect, type OriginParts } from './origins.ts';
import type { WebPeer } from './peer.ts';

export interface BoshReply {
  readonly status: number;
  readonly body: string;
}

/** Answers one request, possibly much later; `gone` is aborted when the client no longer waits. Never rejects. */
export type BoshHandler = (body: string, peer: WebPeer, gone: AbortSignal) => Promise<BoshReply>;

export interface BoshParts extends OriginParts {
  readonly bosh: BoshHandler;
  /** Bytes of one request. */
  readonly bodyLimit: number;
}

const path = '/http-bind';

const allow = (request: FastifyRequest, reply: FastifyReply): void => {
  const { origin } = request.headers;
  if (origin === undefined) return;
  reply.headers({
    'access-control-allow-origin': origin,
    'access-control-allow-methods': 'POST, OPTIONS',
    'access-control-allow-headers': 'Content-Type',
    'access-control-max-age': '86400',
    vary: 'Origin',
  });
};

const utf8 = new TextDecoder('utf-8', { fatal: true });

/** Bytes that are no UTF-8 are no XML either (RFC 6120 §11.6). */
const textOf = (body: unknown): string | undefined => {
  try {
    return body instanceof Uint8Array ? utf8.decode(body) : undefined;
  } catch {
    return undefined;
  }
};

const goneSignal = (reply: FastifyReply): AbortSignal => {
  const gone = new AbortController();
  reply.raw.once('close', () => gone.abort());
  return gone.signal;
};

export const boshEntry = (
  app: FastifyInstance,
  parts: BoshParts,
  peerOf: (request: FastifyRequest) => WebPeer,
): void => {
  app.options(path, (request, reply) => {
    if (!mayConnect(request.raw, parts)) return reply.code(403).send();
    allow(request, reply);
    return reply.code(204).send();
  });
  app.post(path, { bodyLimit: parts.bodyLimit }, async (request, reply) => {
    if (!mayConnect(request.raw, parts)) return reply.code(403).send();
    const text = textOf(request.body);
    if (text === undefined) return reply.code(400).send();
    const { status, body } = await parts.bosh(text, peerOf(request), goneSignal(reply));
    allow(request, reply);
    return reply.code(status).header('cache-control', 'no-store').type('text/xml; charset=utf-8').send(body);
  });
};
