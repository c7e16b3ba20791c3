// The HTTP side of BOSH: bodies in, bodies out, and which web pages may ask (XEP-0124 §3, §5; Fetch §3.2).
import { Buffer } from 'node:buffer';
import type { Readable } from 'node:stream';
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
  /** Bytes of a request whose body begins like this: few, unless it belongs to somebody who has signed in (SECURITY-CHECKLIST 2). */
  bodyLimit(head: string): number;
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

/** Of a body, as much is looked at to see whose it is. */
const headLength = 4_096;

class TooLarge extends Error {
  readonly statusCode = 413;
}

/** Reads a body within the limit of whoever sends it; whose it is matters only once it is long. */
const collect = async (body: Readable, parts: BoshParts): Promise<Buffer> => {
  const pieces: Buffer[] = [];
  let length = 0;
  let limit = parts.bodyLimit('');
  let isAsked = false;
  for await (const piece of body.iterator({ destroyOnReturn: false }) as AsyncIterable<Buffer>) {
    pieces.push(piece);
    length += piece.length;
    if (length > limit && !isAsked) {
      isAsked = true;
      limit = parts.bodyLimit(Buffer.concat(pieces).toString('latin1', 0, headLength));
    }
    if (length > limit) throw new TooLarge();
  }
  return Buffer.concat(pieces);
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
  app.removeAllContentTypeParsers();
  app.addContentTypeParser('*', (_: FastifyRequest, body: Readable) => collect(body, parts));
  app.options(path, (request, reply) => {
    if (!mayConnect(request.raw, parts)) return reply.code(403).send();
    allow(request, reply);
    return reply.code(204).send();
  });
  app.post(path, async (request, reply) => {
    if (!mayConnect(request.raw, parts)) return reply.code(403).send();
    const text = textOf(request.body);
    if (text === undefined) return reply.code(400).send();
    const { status, body } = await parts.bosh(text, peerOf(request), goneSignal(reply));
    allow(request, reply);
    return reply.code(status).header('cache-control', 'no-store').type('text/xml; charset=utf-8').send(body);
  });
};
