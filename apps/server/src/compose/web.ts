// What comes by HTTP: the web client, discovery, XMPP over WebSocket and BOSH, SIP over WebSocket (CONTRACT, "HTTP paths").
import { fileURLToPath } from 'node:url';
import { Admission } from '@parlance/base/admission';
import type { Log } from '@parlance/base/log';
import type { Turn } from '@parlance/base/turn';
import { trustedProxies } from '@parlance/http/peer';
import { type HttpListening, listenHttp, type WebSocketDoor } from '@parlance/http/server';
import { boshListener } from '@parlance/xmpp-server/listeners/bosh/bosh';
import { webSocketListener } from '@parlance/xmpp-server/listeners/websocket';
import type { StreamServices } from '@parlance/xmpp-server/services';
import type { Certificates } from '../certificates/certificates.ts';
import type { Configuration } from '../config/configuration.ts';
import type { ListenPoint } from '../config/listen.ts';
import { admissionLimits } from './limits.ts';

export interface WebParts {
  readonly configuration: Configuration;
  readonly services: StreamServices;
  readonly turn: Turn;
  readonly certificates: Certificates;
  readonly log: Log;
  /** Takes over WebSockets that speak SIP. */
  readonly sip: WebSocketDoor;
  /** Where plain requests are sent to. */
  readonly httpsPort: () => number | undefined;
}

export interface Web {
  listen(point: ListenPoint, secure: boolean): Promise<HttpListening>;
  /** Clients connected by WebSocket or BOSH. */
  count(): number;
  /** Says goodbye to all of them. */
  close(): Promise<void>;
}

/** The built web client, seen from here and from where this file is compiled to. */
const webRoot = fileURLToPath(new URL('../../../web/dist', import.meta.url));

export const openWeb = ({ configuration, services, turn, certificates, log, sip, httpsPort }: WebParts): Web => {
  const parts = { services, turn, limits: admissionLimits };
  const webSockets = webSocketListener(parts);
  const bosh = boshListener(parts);
  const { http, domains } = configuration;
  const shared = {
    publicUrl: http.publicUrl ?? null,
    httpsPort,
    origins: http.origins,
    trusted: trustedProxies(http.trustedProxies),
    plaintext: domains.some(({ plaintext }) => plaintext),
    ...(domains[0] === undefined ? {} : { domain: domains[0].name }),
    webRoot,
    connections: admissionLimits.connections,
    admission: new Admission(admissionLimits),
    bodyLimit: bosh.bodyLimit.bind(bosh),
    bosh: bosh.handle.bind(bosh),
    webSockets: new Map([
      ['/xmpp-websocket', webSockets.upgrade.bind(webSockets)],
      ['/sip', sip],
    ]),
    log,
  };
  return {
    listen: ({ address, port }, secure) =>
      listenHttp({ ...shared, address, port, https: secure ? certificates : undefined }),
    count: () => webSockets.count() + bosh.count(),
    close: async () => {
      await Promise.all([webSockets.close(), bosh.close()]);
    },
  };
};
