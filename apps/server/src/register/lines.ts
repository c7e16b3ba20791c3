// The register of specifications: what every extension says of itself, what the server is made of, what it carries (DESIGN §3).
import { registrationSupport } from '@parlance/xmpp-server/ext/xep-0077.registration';
import { anonymousSupport } from '@parlance/xmpp-server/ext/xep-0175.anonymous';
import { imSupport } from '@parlance/xmpp-server/presence/instant-messaging';
import { carried, foundation } from '@parlance/xmpp-server/support';
import { eventingSupport } from '../compose/eventing.ts';
import { extensions } from '../compose/extensions.ts';

/** One specification. Who does the work says `status`: the server, completely or in part, or clients alone. */
export interface RegisterLine {
  /** `RFC 6120`, `XEP-0030`, … */
  readonly specification: string;
  readonly title: string;
  readonly version: string;
  readonly status: 'complete' | 'partial' | 'untouched';
  readonly note: string;
}

const inOrder = (a: RegisterLine, b: RegisterLine): number => (a.specification < b.specification ? -1 : 1);

/** RFCs first, then XEPs, by number. */
export const registerLines = (): readonly RegisterLine[] => {
  const supports = [
    ...foundation,
    ...imSupport,
    ...anonymousSupport,
    ...registrationSupport,
    ...eventingSupport,
    ...extensions().flatMap(({ support }) => support),
  ];
  const served = supports.map((support): RegisterLine => ({ note: '', ...support }));
  const passed = carried.map((each): RegisterLine => ({ note: '', ...each, status: 'untouched' }));
  return [...served, ...passed].sort(inOrder);
};
