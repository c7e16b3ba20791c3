// A transport whose words a tracer can read: TCP to this machine that counts as secure, so that the client does not ask for TLS.
import type { Connection, Transport } from '@parlance/xmpp-client/transport';
import { tcp } from '@parlance/xmpp-client/transports/tcp';

const trusted = (connection: Connection): Connection => ({
  secure: true,
  write: (text) => connection.write(text),
  startTls: () => connection.startTls(),
  channelBindings: () => connection.channelBindings(),
  end: () => connection.end(),
  destroy: () => connection.destroy(),
});

export const unencrypted = (domain: string, port: number): Transport => {
  const inner = tcp({ domain, server: { host: '127.0.0.1', port }, allowPlaintext: true });
  return { ...inner, open: async (owner, signal) => trusted(await inner.open(owner, signal)) };
};
