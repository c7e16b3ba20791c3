// Client state indication: an idle client's presence and chat states wait, the newest of each, until something else is due (XEP-0352).
import { el } from '@parlance/xml/element';
import { namespaces } from '@parlance/xmpp/namespaces';
import type { Extension } from '../extension.ts';
import type { XmppSession } from '../session/session.ts';

/** What waited is written before anything that the client asks for next (§5.1). */
const active = (session: XmppSession): void => {
  session.idle = false;
  session.flush();
};

export const clientState: Extension = {
  support: [
    {
      specification: 'XEP-0352',
      title: 'Client State Indication',
      version: '1.0.0',
      status: 'complete',
      note: 'Presence and chat states wait.',
    },
  ],
  register(registrar) {
    registrar.streamFeature(() => el('csi', namespaces.csi));
    registrar.nonza('active', namespaces.csi, active);
    registrar.nonza('inactive', namespaces.csi, (session) => {
      session.idle = true;
    });
    // §5.2: a resumed stream begins active.
    registrar.points.sessionResumed.on('first', ({ session }) => void active(session));
  },
};
