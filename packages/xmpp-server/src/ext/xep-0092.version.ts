// Which software this server runs (XEP-0092). The operating system is not told: it would help nobody but an attacker (§5).
import { el } from '@parlance/xml/element';
import { namespaces } from '@parlance/xmpp/namespaces';
import type { Extension } from '../extension.ts';

/** `version`: of the running program. */
export const softwareVersion = (name: string, version: string): Extension => ({
  support: [
    {
      specification: 'XEP-0092',
      title: 'Software Version',
      version: '1.1',
      status: 'complete',
      note: 'The operating system is not told.',
    },
  ],
  register(registrar) {
    registrar.feature('server', namespaces.version);
    registrar.iq(['server'], 'get', 'query', namespaces.version, () =>
      el(
        'query',
        namespaces.version,
        {},
        el('name', namespaces.version, {}, name),
        el('version', namespaces.version, {}, version),
      ),
    );
  },
});
