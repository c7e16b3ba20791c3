// The built web client at `/`: hashed assets for ever, everything else asked about again; nothing from elsewhere may run in it (CSP 3).
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import fastifyStatic from '@fastify/static';
import type { FastifyInstance } from 'fastify';

/** Sent with every answer. */
export const safetyHeaders = (host: string | undefined): Readonly<Record<string, string>> => ({
  'content-security-policy': [
    "default-src 'none'",
    "script-src 'self'",
    "style-src 'self'",
    "img-src 'self' data: blob:",
    "media-src 'self' data: blob:",
    "font-src 'self'",
    "worker-src 'self'",
    "manifest-src 'self'",
    // Not every browser counts WebSockets of the same host as 'self'.
    `connect-src 'self'${host === undefined ? '' : ` ws://${host} wss://${host}`}`,
    "base-uri 'none'",
    "form-action 'self'",
    "frame-ancestors 'none'",
  ].join('; '),
  'x-content-type-options': 'nosniff',
  'x-frame-options': 'DENY',
  'referrer-policy': 'no-referrer',
  'cross-origin-opener-policy': 'same-origin',
});

const notBuilt = `<!doctype html>
<html lang="en"><meta charset="utf-8"><title>Parlance</title>
<h1>The web client is not built</h1>
<p>The server runs. Build the web client with <code>npm run build</code> and load this page again.</p>
<h1 lang="zh-CN">网页客户端尚未构建</h1>
<p lang="zh-CN">服务器正在运行。请执行 <code>npm run build</code> 构建网页客户端,然后刷新本页。</p>
</html>
`;

/** `root` is looked at when the server starts. */
export const webClient = async (app: FastifyInstance, root: string): Promise<void> => {
  if (!existsSync(join(root, 'index.html'))) {
    app.get('/', (_, reply) =>
      reply.code(503).header('cache-control', 'no-store').type('text/html; charset=utf-8').send(notBuilt),
    );
    return;
  }
  await app.register(fastifyStatic, {
    root,
    dotfiles: 'ignore',
    cacheControl: false,
    // The build lays a .br and a .gz beside what is worth it.
    preCompressed: true,
    setHeaders: (reply, path) => {
      const hashed = path.startsWith(join(root, 'assets'));
      reply.header('cache-control', hashed ? 'public, max-age=31536000, immutable' : 'no-cache');
    },
  });
};
