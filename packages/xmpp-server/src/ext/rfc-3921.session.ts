// The request for a session that clients of RFC 3921 §3 send after binding: it has one already (RFC 6121 §1.4).
import { el } from '@parlance/xml/element';
import { namespaces } from '@parlance/xmpp/namespaces';
import type { Extension } from '../extension.ts';

const { session } = namespaces;

export const legacySession: Extension = {
  support: [],
  register(registrar) {
    // `optional` tells newer clients to save the request (draft-cridland-xmpp-session-01 §3).
    registrar.streamFeature(() => el('session', session, {}, el('optional', session)));
    registrar.iq(['server', 'own'], 'set', 'session', session, () => undefined);
  },
};
