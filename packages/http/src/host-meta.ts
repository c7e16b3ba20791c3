// Where else XMPP is found: WebSocket and BOSH, in XML and in JSON (XEP-0156 §3, RFC 6415).
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { baseUrl } from './urls.ts';

interface Link {
  readonly rel: string;
  readonly href: string;
}

const linksAt = (base: string): readonly Link[] => [
  { rel: 'urn:xmpp:alt-connections:websocket', href: `${base.replace(/^http/, 'ws')}/xmpp-websocket` },
  { rel: 'urn:xmpp:alt-connections:xbosh', href: `${base}/http-bind` },
];

const escaped = (text: string): string =>
  text.replaceAll('&', '&amp;').replaceAll("'", '&apos;').replaceAll('<', '&lt;');

const asXml = (links: readonly Link[]): string => {
  const lines = links.map(({ rel, href }) => `  <Link rel='${rel}' href='${escaped(href)}'/>\n`);
  return `<?xml version='1.0' encoding='utf-8'?>\n<XRD xmlns='http://docs.oasis-open.org/ns/xri/xrd-1.0'>\n${lines.join('')}</XRD>\n`;
};

/** The domain whose people sign in on this page. */
const domainProperty = 'https://parlance.im/ns/domain';

/** Open to every web page: it says nothing that is not public (XEP-0156 §5). */
export const hostMeta = (app: FastifyInstance, publicUrl: string | null, domain: string | undefined): void => {
  // RFC 6415 §3.1.1 leaves properties to applications: the web client fills in the domain of short names.
  const properties = domain === undefined ? {} : { properties: { [domainProperty]: domain } };
  const answer =
    (type: string, write: (links: readonly Link[]) => string) => (request: FastifyRequest, reply: FastifyReply) => {
      const base = baseUrl(request.raw, { publicUrl });
      if (base === undefined) return reply.code(400).send();
      return reply
        .header('access-control-allow-origin', '*')
        .type(type)
        .send(write(linksAt(base)));
    };
  app.get('/.well-known/host-meta', answer('application/xrd+xml; charset=utf-8', asXml));
  app.get(
    '/.well-known/host-meta.json',
    answer('application/json; charset=utf-8', (links) => JSON.stringify({ ...properties, links })),
  );
};
