// What time it is at the server, in UTC (XEP-0202).
import { el } from '@parlance/xml/element';
import { formatDateTime } from '@parlance/xmpp/datetime';
import { namespaces } from '@parlance/xmpp/namespaces';
import type { Extension } from '../extension.ts';

export const entityTime: Extension = {
  support: [
    {
      specification: 'XEP-0202',
      title: 'Entity Time',
      version: '2.0',
      status: 'complete',
      note: 'The server has no time zone but UTC.',
    },
  ],
  register(registrar) {
    registrar.feature('server', namespaces.time);
    registrar.iq(['server'], 'get', 'time', namespaces.time, () => {
      const utc = formatDateTime(registrar.context.clock.now());
      return el(
        'time',
        namespaces.time,
        {},
        el('tzo', namespaces.time, {}, '+00:00'),
        el('utc', namespaces.time, {}, utc),
      );
    });
  },
};
