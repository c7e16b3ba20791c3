// Where this page came from: the server's WebSocket, and the domain whose people sign in here (RFC 7395, XEP-0156).

/** The WebSocket of the page's own origin. */
export const socketUrl = (): string => {
  const { protocol, host } = window.location;
  return `${protocol === 'https:' ? 'wss' : 'ws'}://${host}/xmpp-websocket`;
};

/** Our servers say which domain is theirs (RFC 6415 §3.1.1: properties are the application's). */
const domainProperty = 'https://parlance.im/ns/domain';

const domainIn = (meta: unknown): string | undefined => {
  const { properties } = (meta ?? {}) as { readonly properties?: Readonly<Record<string, unknown>> };
  const domain = properties?.[domainProperty];
  return typeof domain === 'string' && /^[^\s/@:]+$/.test(domain) ? domain : undefined;
};

/** The domain that host-meta names, else the page's host. */
export const homeDomain = async (): Promise<string> => {
  const { hostname } = window.location;
  try {
    const answer = await fetch('/.well-known/host-meta.json', { signal: AbortSignal.timeout(2_000) });
    return (answer.ok ? domainIn(await answer.json()) : undefined) ?? hostname;
  } catch {
    return hostname;
  }
};
