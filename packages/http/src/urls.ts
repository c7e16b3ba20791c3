// Where this server is found, as the client of a request sees it.
import type { IncomingMessage } from 'node:http';
import { TLSSocket } from 'node:tls';
import { hostOf } from './origins.ts';

export interface UrlParts {
  readonly publicUrl: string | null;
  /** The port of the https listener; undefined where there is none. */
  readonly httpsPort: () => number | undefined;
}

/** The public URL, or what the request was sent to; undefined when its Host header is nonsense. No slash at the end. */
export const baseUrl = (request: IncomingMessage, { publicUrl }: Pick<UrlParts, 'publicUrl'>): string | undefined => {
  if (publicUrl !== null) return publicUrl.replace(/\/+$/, '');
  const host = hostOf(request);
  const scheme = request.socket instanceof TLSSocket ? 'https' : 'http';
  return host === undefined ? undefined : `${scheme}://${host}`;
};

/** The same document over https, for who came off a secure path; undefined when there is none. */
export const secureUrl = (request: IncomingMessage, { publicUrl, httpsPort }: UrlParts): string | undefined => {
  const path = request.url?.startsWith('/') === true ? request.url : '/';
  if (publicUrl?.startsWith('https:') === true) return new URL(publicUrl).origin + path;
  const port = httpsPort();
  const host = hostOf(request)?.replace(/:\d+$/, '');
  if (port === undefined || host === undefined) return undefined;
  return `https://${host}${port === 443 ? '' : `:${port}`}${path}`;
};
