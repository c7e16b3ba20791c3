// Unique and stable stanza ids: every archived message bears its account's id, and nobody else's word for it is let through (XEP-0359 §4).
import { namespaces } from '@parlance/xmpp/namespaces';
import type { Extension } from '../extension.ts';

/** The ids themselves are set where messages are shown (`message/wrap.ts`) and forged ones removed where they come in. */
export const stanzaIds: Extension = {
  support: [
    {
      specification: 'XEP-0359',
      title: 'Unique and Stable Stanza IDs',
      version: '0.7.0',
      status: 'complete',
      note: 'Ids are given to archived messages.',
    },
    { specification: 'XEP-0334', title: 'Message Processing Hints', version: '1.0.0', status: 'complete' },
  ],
  register(registrar) {
    for (const target of ['server', 'account'] as const) registrar.feature(target, namespaces.sid);
    registrar.feature('server', namespaces.hints);
  },
};
