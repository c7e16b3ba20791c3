// The HTTP listeners over real sockets: hosting, discovery, doors, secure path, proxies, origins, limits (CONTRACT `http`; XEP-0156; ADR 0005).
import { once } from 'node:events';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { request as httpRequest, type IncomingMessage, type RequestOptions } from 'node:http';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { silent } from '@parlance/base/log';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { trustedProxies, type WebPeer } from './peer.ts';
import { type HttpListening, type HttpParts, listenHttp, type WebSocketDoor } from './server.ts';

let webRoot = '';
let open: HttpListening[] = [];
let peers: WebPeer[] = [];

interface Answer {
  readonly status: number | undefined;
  readonly headers: IncomingMessage['headers'];
  readonly body: string;
}

const switches: WebSocketDoor = (_, wire, __, peer) => {
  peers.push(peer);
  wire.end('HTTP/1.1 101 Switching Protocols\r\n\r\n');
};

const listen = async (parts: Partial<HttpParts> = {}): Promise<number> => {
  const listening = await listenHttp({
    address: '127.0.0.1',
    port: 0,
    https: undefined,
    publicUrl: null,
    httpsPort: () => 5443,
    origins: ['https://pages.example'],
    trusted: trustedProxies([]),
    plaintext: false,
    webRoot,
    connections: 100,
    admission: { enter: () => true, leave: () => undefined },
    bodyLimit: (head) => (head.includes("sid='in'") ? 100_000 : 20_000),
    bosh: async (body, peer) => {
      peers.push(peer);
      return { status: 200, body: `<heard>${body.length}</heard>` };
    },
    webSockets: new Map([
      ['/xmpp-websocket', switches],
      ['/sip', switches],
    ]),
    log: silent,
    ...parts,
  });
  open.push(listening);
  return listening.port;
};

const ask = (port: number, path: string, options: RequestOptions = {}, body?: string | Buffer): Promise<Answer> =>
  new Promise((resolve, reject) => {
    const sent = httpRequest({ host: '127.0.0.1', port, path, agent: false, ...options }, (response) => {
      const chunks: Buffer[] = [];
      response.on('data', (chunk: Buffer) => chunks.push(chunk));
      response.on('end', () =>
        resolve({
          status: response.statusCode,
          headers: response.headers,
          body: Buffer.concat(chunks).toString(),
        }),
      );
    });
    sent.on('upgrade', (response, socket) => {
      socket.destroy();
      resolve({ status: response.statusCode, headers: response.headers, body: '' });
    });
    sent.on('error', reject);
    sent.end(body);
  });

/** What a proxy that nobody trusts adds: the path is not secure any more. */
const forwarded = { 'x-forwarded-for': '192.0.2.7' };

const post = (headers: Record<string, string> = {}): RequestOptions => ({
  method: 'POST',
  headers: { 'content-type': 'text/xml', ...headers },
});

const upgrade = (headers: Record<string, string> = {}): RequestOptions => ({
  headers: { connection: 'Upgrade', upgrade: 'websocket', ...headers },
});

beforeEach(async () => {
  webRoot = await mkdtemp(join(tmpdir(), 'web-'));
  peers = [];
});

afterEach(async () => {
  await Promise.all(open.map((each) => each.close()));
  open = [];
  await rm(webRoot, { recursive: true });
});

describe('the web client', () => {
  const build = async (): Promise<void> => {
    await mkdir(join(webRoot, 'assets'));
    await writeFile(join(webRoot, 'index.html'), '<!doctype html>');
    await writeFile(join(webRoot, 'assets', 'main-1a2b.js'), 'export {};');
    await writeFile(join(webRoot, '.secret'), 'secret');
  };

  it('is served with a policy that lets nothing foreign run; hashed assets for ever, the page asked about again', async () => {
    await build();
    const port = await listen();
    const page = await ask(port, '/');
    expect(page.status).toBe(200);
    expect(page.headers['cache-control']).toBe('no-cache');
    expect(page.headers['content-security-policy']).toContain("script-src 'self';");
    expect(page.headers['content-security-policy']).toContain(`connect-src 'self' ws://127.0.0.1:${port}`);
    expect(page.headers['x-content-type-options']).toBe('nosniff');
    const asset = await ask(port, '/assets/main-1a2b.js');
    expect(asset.headers['cache-control']).toBe('public, max-age=31536000, immutable');
    expect(asset.headers['content-type']).toContain('javascript');
  });

  it('is served as small as the browser takes it, where the build laid it so, and says on what that hangs', async () => {
    await build();
    await writeFile(join(webRoot, 'assets', 'main-1a2b.js.br'), 'as brotli');
    await writeFile(join(webRoot, 'assets', 'main-1a2b.js.gz'), 'as gzip');
    const port = await listen();
    const answers = async (encodings: string, path = '/assets/main-1a2b.js') => {
      const { body, headers } = await ask(port, path, { headers: { 'accept-encoding': encodings } });
      expect(headers['cache-control']).toBe(path === '/' ? 'no-cache' : 'public, max-age=31536000, immutable');
      expect(headers.vary).toBe('accept-encoding');
      return [headers['content-encoding'], body, headers['content-type']];
    };
    const script = 'application/javascript; charset=utf-8';
    expect(await answers('gzip, deflate, br')).toEqual(['br', 'as brotli', script]);
    expect(await answers('gzip, deflate')).toEqual(['gzip', 'as gzip', script]);
    expect(await answers('br;q=0, gzip;q=0.1')).toEqual(['gzip', 'as gzip', script]);
    expect(await answers('zstd')).toEqual([undefined, 'export {};', script]);
    // Nothing is laid beside the page itself.
    expect(await answers('gzip, br', '/')).toEqual([undefined, '<!doctype html>', 'text/html; charset=utf-8']);
    const tags = await Promise.all(
      ['br', 'gzip', 'identity'].map(async (encoding) => {
        const { headers } = await ask(port, '/assets/main-1a2b.js', { headers: { 'accept-encoding': encoding } });
        return headers.etag;
      }),
    );
    expect(new Set(tags).size).toBe(3);
  });

  it.each(['/nothing', '/.secret', '/../package.json', '/%2e%2e/package.json', '/..%2fpackage.json', '/assets/'])(
    'says nothing about %s',
    async (path) => {
      await build();
      const { status, body } = await ask(await listen(), path);
      expect([403, 404]).toContain(status);
      expect(body).toBe('');
    },
  );

  it('that is not built says how to build it, in both languages', async () => {
    const { status, body } = await ask(await listen(), '/');
    expect(status).toBe(503);
    expect(body).toContain('npm run build');
    expect(body).toContain('网页客户端尚未构建');
  });
});

describe('discovery (XEP-0156)', () => {
  it('names WebSocket and BOSH where the request came, for every page', async () => {
    const port = await listen();
    const xml = await ask(port, '/.well-known/host-meta');
    expect(xml.headers['access-control-allow-origin']).toBe('*');
    expect(xml.headers['content-type']).toContain('application/xrd+xml');
    expect(xml.body).toContain(
      `<Link rel='urn:xmpp:alt-connections:websocket' href='ws://127.0.0.1:${port}/xmpp-websocket'/>`,
    );
    const json = await ask(port, '/.well-known/host-meta.json', { headers: { host: 'chat.example' } });
    expect(JSON.parse(json.body)).toEqual({
      links: [
        { rel: 'urn:xmpp:alt-connections:websocket', href: 'ws://chat.example/xmpp-websocket' },
        { rel: 'urn:xmpp:alt-connections:xbosh', href: 'http://chat.example/http-bind' },
      ],
    });
  });

  it('names the domain of short names where there is one', async () => {
    const port = await listen({ domain: 'capulet.example' });
    const { body } = await ask(port, '/.well-known/host-meta.json');
    expect(JSON.parse(body)).toMatchObject({ properties: { 'https://parlance.im/ns/domain': 'capulet.example' } });
  });

  it('names the public URL where there is one', async () => {
    const port = await listen({ publicUrl: 'https://chat.example/' });
    const { body } = await ask(port, '/.well-known/host-meta.json');
    expect(body).toContain('wss://chat.example/xmpp-websocket');
    expect(body).toContain('https://chat.example/http-bind');
  });

  it('makes no link of a Host header that is none', async () => {
    const { status } = await ask(await listen(), '/.well-known/host-meta', { headers: { host: "x'/><evil>" } });
    expect(status).toBe(400);
  });
});

describe('the secure path (ADR 0005)', () => {
  it('moves documents to https and refuses the rest when somebody unknown stands between', async () => {
    const port = await listen();
    const page = await ask(port, '/a?b=c', { headers: { ...forwarded, host: 'chat.example:5280' } });
    expect(page.status).toBe(308);
    expect(page.headers.location).toBe('https://chat.example:5443/a?b=c');
    expect((await ask(port, '/http-bind', post(forwarded), '<body/>')).status).toBe(403);
    expect((await ask(port, '/xmpp-websocket', upgrade(forwarded))).status).toBe(403);
    expect(peers).toEqual([]);
  });

  it('does not move anybody to where nothing listens, or to a host that is none', async () => {
    const without = await listen({ httpsPort: () => undefined });
    expect((await ask(without, '/', { headers: forwarded })).status).toBe(403);
    const port = await listen();
    expect((await ask(port, '/', { headers: { ...forwarded, host: 'evil.example/..' } })).status).toBe(403);
  });

  it('believes a trusted proxy, and takes the nearest address that is not its own', async () => {
    const port = await listen({ trusted: trustedProxies(['127.0.0.1', '10.0.0.0/8']) });
    const chain = { 'x-forwarded-for': '203.0.113.9, 192.0.2.7, 10.1.2.3', 'x-forwarded-proto': 'https' };
    expect((await ask(port, '/http-bind', post(chain), '<body/>')).status).toBe(200);
    expect(peers).toEqual([{ remote: { address: '192.0.2.7', port: 0 }, securePath: true }]);
    const http = { ...chain, 'x-forwarded-proto': 'http' };
    expect((await ask(port, '/http-bind', post(http), '<body/>')).status).toBe(403);
  });

  it('is everywhere with auth.plaintext', async () => {
    const port = await listen({ plaintext: true });
    expect((await ask(port, '/http-bind', post(forwarded), '<body/>')).status).toBe(200);
    expect(peers[0]?.securePath).toBe(false);
  });
});

describe('the door to WebSocket', () => {
  const from = async (origin: string | undefined, host = 'chat.example'): Promise<number | undefined> => {
    const headers = { host, ...(origin === undefined ? {} : { origin }) };
    return (await ask(await listen(), '/xmpp-websocket?x', upgrade(headers))).status;
  };

  it.each([
    ['no page', undefined, 101],
    ['our own page', 'http://chat.example', 101],
    ['a configured page', 'https://pages.example', 101],
    ['another page', 'https://evil.example', 403],
    ['a page with a similar name', 'https://pages.example.evil.example', 403],
    ['a sandboxed page', 'null', 403],
  ])('for %s (checklist 10)', async (_, origin, status) => {
    expect(await from(origin)).toBe(status);
  });

  it('is at no other path', async () => {
    const port = await listen();
    expect((await ask(port, '/sip', upgrade())).status).toBe(101);
    expect((await ask(port, '/other', upgrade())).status).toBe(404);
  });
});

describe('the door to BOSH', () => {
  it('hands bodies over and lets configured pages read the answer', async () => {
    const port = await listen();
    const answer = await ask(port, '/http-bind', post({ origin: 'https://pages.example' }), '<body/>');
    expect(answer).toMatchObject({ status: 200, body: '<heard>7</heard>' });
    expect(answer.headers['access-control-allow-origin']).toBe('https://pages.example');
    expect(answer.headers['content-type']).toBe('text/xml; charset=utf-8');
    const before = await ask(port, '/http-bind', { method: 'OPTIONS', headers: { origin: 'https://pages.example' } });
    expect(before.headers['access-control-allow-headers']).toBe('Content-Type');
  });

  it('refuses other pages, also before they ask', async () => {
    const port = await listen();
    const headers = { origin: 'https://evil.example' };
    expect((await ask(port, '/http-bind', post(headers), '<body/>')).status).toBe(403);
    expect((await ask(port, '/http-bind', { method: 'OPTIONS', headers })).status).toBe(403);
    expect(peers).toEqual([]);
  });

  it('takes more of who has signed in (checklist 2)', async () => {
    const { status } = await ask(await listen(), '/http-bind', post(), `<body sid='in'>${'x'.repeat(90_000)}</body>`);
    expect(status).toBe(200);
  });

  it.each([
    ['too much of a stranger', post(), 'x'.repeat(20_001), 413],
    ['too much of anybody', post(), `<body sid='in'>${'x'.repeat(100_000)}`, 413],
    ['no UTF-8', post(), Buffer.from([0x3c, 0xff, 0xfe]), 400],
    ['something compressed (checklist 6)', post({ 'content-encoding': 'gzip' }), 'x', 415],
  ])('refuses %s', async (_, options, body, status) => {
    expect(await ask(await listen(), '/http-bind', options, body)).toMatchObject({ status, body: '' });
  });
});

describe('limits', () => {
  it('takes no more connections from one source than it may, and new ones when others are gone (checklist 4)', async () => {
    let places = 1;
    const admission = {
      enter: () => --places >= 0 || ++places < 0,
      leave: () => void places++,
    };
    const port = await listen({ admission });
    const first = connect(port, '127.0.0.1');
    await once(first, 'connect');
    await expect(ask(port, '/')).rejects.toThrow('socket hang up');
    first.destroy();
    await expect.poll(() => places).toBe(1);
    expect((await ask(port, '/')).status).toBe(503);
  });

  it('cuts off headers that are too large', async () => {
    const { status } = await ask(await listen(), '/', { headers: { x: 'x'.repeat(17_000) } });
    expect(status).toBe(431);
  });

  it('answers nonsense and goes on', async () => {
    const port = await listen();
    const said = await new Promise<string>((resolve) => {
      const socket = connect(port, '127.0.0.1', () => socket.write('\x16\x03\x01nonsense\r\n\r\n'));
      let text = '';
      socket.on('data', (bytes: Buffer) => {
        text += bytes.toString();
      });
      socket.on('close', () => resolve(text));
    });
    expect(said).toContain('400 Bad Request');
    expect((await ask(port, '/')).status).toBe(503);
  });
});
