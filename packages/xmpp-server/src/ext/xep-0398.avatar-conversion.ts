// One avatar for old and new clients: the hash of what is published goes into presence (XEP-0398 §4, XEP-0153 §4).
import type { Account } from '@parlance/core/account';
import { namespaces } from '@parlance/xmpp/namespaces';
import { photoHashOf, withPhotoHash } from '@parlance/xmpp/wire/xep-0153.vcard-avatar';
import type { Extension, Support } from '../extension.ts';
import type { OutgoingPresence } from '../points.ts';
import type { Avatars, KnownAvatar } from '../pubsub/avatars.ts';
import type { PersonalNodes } from '../pubsub/personal-nodes.ts';
import { sessionKey } from '../session/keys.ts';

/** The hash that was put into a session's last broadcast, so that it is not taken for the client's own word. */
const put = sessionKey<string | undefined>('photo hash', undefined, true);

/**
 * Those who hear a broadcast may watch; directed presence may go to strangers, who are told of open avatars only (§8). One
 * presence goes to all: where somebody is shut out, nobody is told.
 */
const visibleHash = ({ hash, access }: KnownAvatar, directed: boolean): string => {
  const visible = access.every(
    ({ config, affiliates }) =>
      (config.access === 'open' || (!directed && config.access === 'presence')) &&
      ![...affiliates.values()].includes('outcast'),
  );
  return visible ? hash : '';
};

/** §4: an empty `<photo/>` is the client's own word and stays; everything else gives way to what is true. */
const inject = (subject: OutgoingPresence, avatar: KnownAvatar): void => {
  const { session, stanza } = subject;
  const said = photoHashOf(stanza);
  const ours = session.values.get(put);
  if (said === '' && ours !== '') return;
  const directed = stanza.attr('to') !== undefined;
  const hash = visibleHash(avatar, directed);
  const mentioned = stanza.child('x', namespaces.vcardUpdate) !== undefined;
  if (hash === '' && !mentioned && (directed || ours === undefined)) return;
  subject.stanza = withPhotoHash(stanza, hash);
  if (!directed) session.values.set(put, hash);
};

export const avatarConversionSupport: readonly Support[] = [
  {
    specification: 'XEP-0398',
    title: 'User Avatar to vCard-Based Avatars Conversion',
    version: '1.0.0',
    status: 'complete',
  },
  { specification: 'XEP-0153', title: 'vCard-Based Avatars', version: '1.1.1', status: 'complete' },
];

export const avatarConversion = (nodes: PersonalNodes, avatars: Avatars): Extension => ({
  support: avatarConversionSupport,
  register(registrar) {
    const { context, points, presence } = registrar;
    const refresh = (account: Account): void => {
      avatars
        .lookUp(account)
        .then(() => presence.repeat(account))
        .catch((error: unknown) => context.log.error('avatar not found out', { error }));
    };
    registrar.feature('account', namespaces.pepVcardConversion);
    points.sessionBound.on('act', ({ account }) => {
      if (avatars.known(account) === undefined) refresh(account);
    });
    points.outgoingPresence.on('change', (subject) => {
      if (subject.stanza.attr('type') !== undefined) return;
      const avatar = avatars.known(subject.session.account);
      if (avatar === undefined) refresh(subject.session.account);
      else inject(subject, avatar);
    });
    nodes.changed.on('last', ({ account, node }) => {
      if (avatars.concerns(node.name)) refresh(account);
    });
  },
});
