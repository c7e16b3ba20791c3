// Where this page came from: the server's WebSocket, and the domain whose people sign in here (RFC 7395, XEP-0156).

/** The WebSocket of the page's own origin. */
export const socketUrl = (): string => {
  const { protocol, host } = window.location;
  return `${protocol === 'https:' ? 'wss' : 'ws'}://${host}/xmpp-websocket`;
};

/** The domain that host-meta names (RFC 6415 §2: the subject), else the page's host. */
export const homeDomain = async (): Promise<string> => {
  const { hostname } = window.location;
  try {
    const answer = await fetch('/.well-known/host-meta.json', { signal: AbortSignal.timeout(2_000) });
    const meta: unknown = answer.ok ? await answer.json() : undefined;
    const subject = typeof meta === 'object' && meta !== null && 'subject' in meta ? meta.subject : undefined;
    return typeof subject === 'string' && /^(?:acct:|https?:\/\/)?[^\s/@:]+$/.test(subject)
      ? subject.replace(/^(?:acct:|https?:\/\/)/, '')
      : hostname;
  } catch {
    return hostname;
  }
};
