// Personal eventing: every account is a publish-subscribe service (XEP-0163, XEP-0060).
import { type Refusal, refuse } from '@parlance/base/refusal';
import { Account, emptyView } from '@parlance/core/account';
import { isBlocked } from '@parlance/core/blocking';
import { type AccountId, addressOf, type Sequence } from '@parlance/core/ids';
import type { Element } from '@parlance/xml/element';
import { bareOf } from '@parlance/xmpp/jid';
import { namespaces } from '@parlance/xmpp/namespaces';
import { errorElement } from '@parlance/xmpp/stanza-error';
import type { Extension, IqAnswer, IqRequest, Registrar, Support } from '../extension.ts';
import { admitted } from '../pubsub/access.ts';
import { NotStored, type PersonalNodes } from '../pubsub/personal-nodes.ts';
import { interests } from '../session/interests.ts';
import { type Action, type Ask, unsupported } from './xep-0163.pep/action.ts';
import { affiliations, listAffiliations, modifyAffiliations } from './xep-0163.pep/affiliations.ts';
import { nodeInfo, nodeItems } from './xep-0163.pep/discover.ts';
import * as manage from './xep-0163.pep/manage.ts';
import { Notifier } from './xep-0163.pep/notify.ts';
import { publish, retract } from './xep-0163.pep/publish.ts';
import { items } from './xep-0163.pep/retrieve.ts';
import { discreet } from './xep-0163.pep/strangers.ts';
import { subscribe, unsubscribe } from './xep-0163.pep/subscribe.ts';
import { listSubscriptions, modifySubscriptions, subscriptions } from './xep-0163.pep/subscriptions.ts';

/** What is true of this service (XEP-0060 §10). */
const features =
  'access-open access-presence access-roster access-whitelist auto-create auto-subscribe config-node create-and-configure ' +
  'create-nodes delete-items delete-nodes filtered-notifications instant-nodes item-ids last-published ' +
  'manage-subscriptions member-affiliation meta-data modify-affiliations ' +
  'multi-items outcast-affiliation persistent-items presence-notifications presence-subscribe publish publish-options purge-nodes ' +
  'pubsub-on-a-jid retract-items retrieve-affiliations retrieve-default retrieve-items retrieve-subscriptions rsm subscribe ' +
  'subscription-notifications';

const optionsUnsupported: Action = () => unsupported('subscription-options');

/** By namespace, type of request, and name of the child that says what is wanted. */
const actions: ReadonlyMap<string, Action> = new Map([
  [`${namespaces.pubsub} set publish`, publish],
  [`${namespaces.pubsub} set retract`, retract],
  [`${namespaces.pubsub} set create`, manage.create],
  [`${namespaces.pubsub} set subscribe`, subscribe],
  [`${namespaces.pubsub} set unsubscribe`, unsubscribe],
  [`${namespaces.pubsub} set options`, optionsUnsupported],
  [`${namespaces.pubsub} get options`, optionsUnsupported],
  [`${namespaces.pubsub} get default`, () => unsupported('retrieve-default-sub')],
  [`${namespaces.pubsub} get items`, items],
  [`${namespaces.pubsub} get subscriptions`, subscriptions],
  [`${namespaces.pubsub} get affiliations`, affiliations],
  [`${namespaces.pubsubOwner} get default`, manage.defaults],
  [`${namespaces.pubsubOwner} get configure`, manage.configuration],
  [`${namespaces.pubsubOwner} set configure`, manage.configure],
  [`${namespaces.pubsubOwner} set delete`, manage.remove],
  [`${namespaces.pubsubOwner} set purge`, manage.purge],
  [`${namespaces.pubsubOwner} get affiliations`, listAffiliations],
  [`${namespaces.pubsubOwner} set affiliations`, modifyAffiliations],
  [`${namespaces.pubsubOwner} get subscriptions`, listSubscriptions],
  [`${namespaces.pubsubOwner} set subscriptions`, modifySubscriptions],
]);

type Service = Pick<Ask, 'registrar' | 'nodes' | 'notifier'>;

/** Who is not there answers like an account without nodes: nobody learns which of the two it is (RFC 6121 §8.5.1, checklist 16). */
const nobody = ({ to }: IqRequest): Account =>
  new Account(0 as AccountId, addressOf(to?.local ?? '', to?.domain ?? ''), emptyView, 0 as Sequence);

const answer = async (service: Service, request: IqRequest): Promise<IqAnswer> => {
  const { payload, type, from, account = nobody(request) } = request;
  const actionOf = ({ name, ns }: Element): Action | undefined =>
    ns === payload.ns ? actions.get(`${ns} ${type} ${name}`) : undefined;
  const wanted = payload.elements().find((child) => actionOf(child) !== undefined);
  const action = wanted === undefined ? undefined : actionOf(wanted);
  if (wanted === undefined || action === undefined) return errorElement('bad-request');
  const address = addressOf(from.local, from.domain);
  if (isBlocked(account, address, from.resource)) return errorElement('service-unavailable');
  const known = request.account === undefined ? new Map() : await service.nodes.of(account);
  const name = wanted.attr('node') ?? '';
  const isOwner = address === account.address;
  const ask: Ask = { ...service, account, asker: from, isOwner, payload, wanted, name, known };
  const answered = await Promise.resolve(action(ask)).catch(notStored);
  return discreet(answered, account, known.get(name), from, service.registrar.presence);
};

const notStored = (error: unknown): Refusal => {
  if (error instanceof NotStored) return refuse('storage-full');
  throw error;
};

/** Whose relation to the owner has changed may have lost access, and with it his subscriptions (XEP-0163 §7.1). */
const reconsider = async (
  { presence }: Registrar,
  nodes: PersonalNodes,
  account: Account,
  address: string,
): Promise<void> => {
  const known = [...(await nodes.of(account)).values()];
  const concerned = known.filter(({ subscribers }) => subscribers.some((jid) => bareOf(jid) === address));
  const changed = concerned.map((node) => ({ ...node, subscribers: admitted(account, node, presence) }));
  const fewer = changed.filter(
    ({ subscribers }, index) => subscribers.length < (concerned[index]?.subscribers.length ?? 0),
  );
  await Promise.all(fewer.map((node) => nodes.put(account, node)));
};

/** Who begins to hear of whom: sessions with new interests, and contacts who have just been allowed (XEP-0163 §4.3.4). */
const greetings = (registrar: Registrar, personal: PersonalNodes, notifier: Notifier): void => {
  const { points, context } = registrar;
  const failed = (error: unknown): void => context.log.error('last items failed', { error });
  points.newInterests.on('act', ({ session, nodes }) => {
    notifier.greet(session, nodes).catch(failed);
  });
  points.contactChanged.on('act', ({ account, address, before, contact }) => {
    if (before !== undefined) reconsider(registrar, personal, account, address).catch(failed);
    if (contact?.permission !== 'allow' || before?.permission === 'allow') return;
    for (const session of notifier.available(address))
      notifier.lastItems(session, account, session.values.get(interests), 'subscription').catch(failed);
  });
};

export const pepSupport: readonly Support[] = [
  { specification: 'XEP-0163', title: 'Personal Eventing Protocol', version: '1.2.2', status: 'complete' },
  {
    specification: 'XEP-0060',
    title: 'Publish-Subscribe',
    version: '1.30.0',
    status: 'partial',
    note: 'As personal eventing needs it: one publisher a node, its owner; no approval of subscriptions (`authorize`), no options of a subscription. Strangers get service-unavailable for what they may not read (RFC 6121 §8.5.1).',
  },
];

export const pep = (nodes: PersonalNodes): Extension => ({
  support: pepSupport,
  register(registrar) {
    const notifier = new Notifier(registrar, nodes);
    registrar.identity('account', 'pubsub', 'pep');
    registrar.feature('account', namespaces.pubsub);
    for (const name of features.split(' ')) registrar.feature('account', `${namespaces.pubsub}#${name}`);
    for (const ns of [namespaces.pubsub, namespaces.pubsubOwner])
      for (const type of ['get', 'set'] as const)
        registrar.iq(['own', 'other'], type, 'pubsub', ns, (request) =>
          answer({ registrar, nodes, notifier }, request),
        );
    registrar.items('account', (request, name) => nodeItems(registrar, nodes, request, name));
    registrar.nodeInfo('account', (request, name) => nodeInfo(registrar, nodes, request, name));
    nodes.changed.on('act', (change) => {
      notifier.tell(change);
    });
    greetings(registrar, nodes, notifier);
    registrar.points.accountRemoved.on('act', ({ address }) => void nodes.disown(address));
  },
});
