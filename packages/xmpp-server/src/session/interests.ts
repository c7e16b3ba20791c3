// Which nodes' notifications a session has asked for by its capabilities (XEP-0060 §9.2, XEP-0163 §4.2).
import { sessionKey } from './keys.ts';

/** Names of nodes, without `+notify`; kept with the stream, so that a resumed session need not be asked again. */
export const interests = sessionKey<readonly string[]>('interests', [], true);
