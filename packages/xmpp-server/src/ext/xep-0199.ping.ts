// Ping: is the server, or one's own account, there (XEP-0199 §4.2). Pings between clients pass untouched.
import { namespaces } from '@parlance/xmpp/namespaces';
import type { Extension } from '../extension.ts';

export const ping: Extension = {
  support: [
    {
      specification: 'XEP-0199',
      title: 'XMPP Ping',
      version: '2.0.1',
      status: 'complete',
      note: 'The server answers; it does not ping by itself.',
    },
  ],
  register(registrar) {
    registrar.feature('server', namespaces.ping);
    registrar.feature('account', namespaces.ping);
    registrar.iq(['server', 'own'], 'get', 'ping', namespaces.ping, () => undefined);
  },
};
