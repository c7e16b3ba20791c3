// The server's own capabilities in the stream features, so that clients need not ask at each connection (XEP-0115 §6.3).
import { toBase64 } from '@parlance/base/base64';
import type { Crypto } from '@parlance/base/crypto';
import type { Element } from '@parlance/xml/element';
import { infoElement } from '@parlance/xmpp/wire/xep-0030.disco';
import { capabilitiesElement, verificationText } from '@parlance/xmpp/wire/xep-0115.caps';
import type { Registrar } from '../../extension.ts';

/** Names the software; `node#ver` may be asked about like the server itself (§6.2). */
const node = 'https://parlance.im/ns/server';

/** Every client knows this one (§5.1). */
const hash = 'sha-1';

/** What is registered does not change once the server runs, and is told by every stream: it is hashed once. */
export const annotate = (registrar: Registrar, crypto: Pick<Crypto, 'digest'>): void => {
  const info = (): Element => {
    const { identities, features } = registrar.discoverable('server');
    return infoElement({ identities, features, forms: [] });
  };
  let known: string | undefined;
  const ver = (): string => {
    known ??= toBase64(crypto.digest('SHA-1', new TextEncoder().encode(verificationText(info()) ?? '')));
    return known;
  };
  registrar.streamFeature(() => capabilitiesElement({ hash, node, ver: ver() }));
  registrar.nodeInfo('server', (_, asked) => (asked === `${node}#${ver()}` ? info().elements() : undefined));
};
