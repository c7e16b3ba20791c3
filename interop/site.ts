// A web site that is not ours: pages and packages of others, on an origin of its own, and a browser that finds our server from there.
import { createHash, X509Certificate } from 'node:crypto';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { extname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { House } from '@parlance/scenarios/house';

const types: Readonly<Record<string, string>> = {
  '.css': 'text/css',
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript',
  '.json': 'application/json',
  '.wasm': 'application/wasm',
};

export class Site {
  readonly #server: Server;

  private constructor(server: Server) {
    this.#server = server;
  }

  /** `page` is the file shown at `/`, relative to this folder; everything else is what `library` is delivered with. */
  static async open(page: string, library: string): Promise<Site> {
    const folder = fileURLToPath(new URL(`libraries/node_modules/${library}/dist/`, import.meta.url));
    const first = fileURLToPath(new URL(page, import.meta.url));
    const server = createServer(({ url = '/' }, response) => {
      const { pathname } = new URL(url, 'http://site');
      const file = pathname === '/' ? first : join(folder, pathname);
      try {
        const content = readFileSync(file);
        response.setHeader('content-type', types[extname(file)] ?? 'application/octet-stream').end(content);
      } catch {
        response.writeHead(404).end();
      }
    });
    await once(server.listen(0, '127.0.0.1'), 'listening');
    return new Site(server);
  }

  get origin(): string {
    return `http://localhost:${(this.#server.address() as AddressInfo).port}`;
  }

  close(): void {
    this.#server.close();
    this.#server.closeAllConnections();
  }
}

/** Arguments for a browser that takes our certificate for `domain` and finds its host-meta where the house listens. */
export const leadsTo = (house: House, domain: string): readonly string[] => {
  const certificate = new X509Certificate(readFileSync(join(house.directory, `data/certs/${domain}.crt`)));
  const key = certificate.publicKey.export({ type: 'spki', format: 'der' });
  return [
    `--host-resolver-rules=MAP ${domain} 127.0.0.1:${house.port('https')}, MAP * ~NOTFOUND, EXCLUDE localhost`,
    `--ignore-certificate-errors-spki-list=${createHash('sha256').update(key).digest('base64')}`,
  ];
};
