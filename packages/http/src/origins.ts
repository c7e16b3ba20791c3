// Which web pages may connect: our own, and those of the configured origins (RFC 6454, SECURITY-CHECKLIST 10).
import type { IncomingMessage } from 'node:http';

export interface OriginParts {
  /** Configured origins; `*` is every one. */
  readonly origins: readonly string[];
  readonly publicUrl: string | null;
}

/** A host with its port, as a Host header may have it (RFC 3986 §3.2.2). */
const authority = /^(?:[A-Za-z0-9._-]{1,253}|\[[0-9A-Fa-f:.]{2,45}\])(?::\d{1,5})?$/;

/** The host the request is for, if it is well-formed. */
export const hostOf = ({ headers }: IncomingMessage): string | undefined => {
  const { host } = headers;
  return host !== undefined && authority.test(host) ? host : undefined;
};

/** Whether a request may come from where it says. Without an `Origin` it comes from no web page. */
export const mayConnect = (request: IncomingMessage, { origins, publicUrl }: OriginParts): boolean => {
  const { origin } = request.headers;
  if (origin === undefined || origins.includes('*') || origins.includes(origin)) return true;
  if (!URL.canParse(origin)) return false;
  const { host, protocol } = new URL(origin);
  if (publicUrl !== null && new URL(publicUrl).origin === origin) return true;
  return (protocol === 'http:' || protocol === 'https:') && host === withoutDefaultPort(hostOf(request), protocol);
};

const withoutDefaultPort = (host: string | undefined, protocol: string): string | undefined =>
  host?.toLowerCase().replace(protocol === 'https:' ? /:443$/ : /:80$/, '');
