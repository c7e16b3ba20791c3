// A stage for personal eventing: the real presence, discovery, capabilities and nodes, with clients that say what they want to hear.
import { createHash } from 'node:crypto';
import type { Crypto } from '@parlance/base/crypto';
import { serialise } from '@parlance/xml/serialise';
import { namespaces } from '@parlance/xmpp/namespaces';
import { readStanzaError } from '@parlance/xmpp/stanza-error';
import { readEvent } from '@parlance/xmpp/wire/xep-0060.pubsub';
import { disco } from '../ext/xep-0030.disco.ts';
import { entityCapabilities } from '../ext/xep-0115.caps.ts';
import { pep } from '../ext/xep-0163.pep.ts';
import { openPresence } from '../presence/room.ts';
import { PersonalNodes } from '../pubsub/personal-nodes.ts';
import { Stage, type StageParts } from './stage.ts';
import type { StageClient } from './stage-client.ts';

export const digests: Pick<Crypto, 'digest'> = {
  digest: (hash, bytes) => new Uint8Array(createHash(hash.replace('-', '')).update(bytes).digest()),
};

export interface EventingStage {
  readonly stage: Stage;
  readonly nodes: PersonalNodes;
}

export const openEventing = (parts: Pick<StageParts, 'clock' | 'stores' | 'committer'>): EventingStage => {
  const stage = new Stage({ ...parts, extensions: [disco, entityCapabilities(digests)], presence: openPresence });
  const nodes = new PersonalNodes(parts.stores.nodes, stage.context.commits, parts.clock);
  stage.host.add([pep(nodes)]);
  return { stage, nodes };
};

/** Announces a client that wants notifications of these nodes, and answers what the server asks. */
export const announce = async (client: StageClient, ...wanted: readonly string[]): Promise<void> => {
  const ver = `unverified ${wanted.join(' ')}`;
  await client.send(
    `<presence><c xmlns='${namespaces.caps}' hash='sha-1' node='http://test' ver='${ver}'/></presence>`,
  );
  const question = client.taken().find((stanza) => stanza.child('query', namespaces.discoInfo) !== undefined);
  const features = wanted.map((name) => `<feature var='${name}+notify'/>`).join('');
  const query = `<query xmlns='${namespaces.discoInfo}'>${features}</query>`;
  const id = question?.attr('id');
  if (id !== undefined)
    await client.send(`<iq type='result' id='${id}' to='${question?.attr('from') ?? ''}'>${query}</iq>`);
};

/** A client that is bound, has asked for the roster, and is announced. What it is told by that is left to be taken. */
export const comeOnline = async (
  { stage }: EventingStage,
  address: string,
  label: string,
  ...wanted: readonly string[]
): Promise<StageClient> => {
  const client = await stage.bind(address, label);
  await client.send("<iq type='get' id='r'><query xmlns='jabber:iq:roster'/></iq>");
  await announce(client, ...wanted);
  return client;
};

/** A request of the service of an account, one's own when `to` is ''; the answer in few words: the error, or the child. */
export const request = async (client: StageClient, type: 'get' | 'set', payload: string, to = ''): Promise<string> => {
  const address = to === '' ? '' : ` to='${to}'`;
  await client.send(`<iq type='${type}' id='q'${address}>${payload}</iq>`);
  const stanzas = client.taken();
  const answer = stanzas.find((stanza) => stanza.name === 'iq' && stanza.attr('id') === 'q');
  pending.set(client, [...(pending.get(client) ?? []), ...stanzas.filter((stanza) => stanza !== answer)]);
  if (answer === undefined) return 'no answer';
  const error = readStanzaError(answer);
  if (error !== undefined)
    return [error.condition, error.app?.name, error.app?.attr('feature')].filter(Boolean).join(' ');
  const [child] = answer.elements();
  return child === undefined ? 'done' : serialise(child);
};

/** What came beside answers. */
const pending = new WeakMap<StageClient, ReturnType<StageClient['taken']>>();

/** Notifications since the last call, in few words: `juliet@capulet.example urn:node items id=<payload/>`. */
export const events = (client: StageClient): readonly string[] => {
  const stanzas = [...(pending.get(client) ?? []), ...client.taken()];
  pending.delete(client);
  return stanzas.flatMap((stanza) => {
    const read = readEvent(stanza);
    if (read === undefined) return [];
    const { event, node } = read;
    const late = stanza.child('delay', namespaces.delay) === undefined ? '' : ' late';
    const items =
      event.kind === 'items'
        ? event.items.map(({ id, payload }) => `${id}=${payload === undefined ? '' : payload.name}`)
        : event.kind === 'retract'
          ? event.ids
          : event.kind === 'subscription'
            ? [`${event.jid}=${event.state}`]
            : [];
    return [[stanza.attr('from'), node, event.kind, ...items].join(' ') + late];
  });
};

/** `<pubsub/>` that publishes one item, with options as field values. */
export const publishing = (node: string, id: string, payload: string, options?: Record<string, string>): string => {
  const fields = Object.entries(options ?? {}).map(
    ([name, value]) => `<field var='pubsub#${name}'><value>${value}</value></field>`,
  );
  const form = `<x xmlns='jabber:x:data' type='submit'><field var='FORM_TYPE' type='hidden'><value>${namespaces.pubsubPublishOptions}</value></field>${fields.join('')}</x>`;
  const item = `<item${id === '' ? '' : ` id='${id}'`}>${payload}</item>`;
  const last = options === undefined ? '' : `<publish-options>${form}</publish-options>`;
  return `<pubsub xmlns='${namespaces.pubsub}'><publish node='${node}'>${item}</publish>${last}</pubsub>`;
};

/** `<pubsub/>` with something in it. */
export const pubsubRequest = (content: string): string => `<pubsub xmlns='${namespaces.pubsub}'>${content}</pubsub>`;

export const ownerRequest = (content: string): string =>
  `<pubsub xmlns='${namespaces.pubsubOwner}'>${content}</pubsub>`;

/** `<configure/>` of a node, with field values. */
export const configuring = (node: string, values: Record<string, string | readonly string[]>): string => {
  const fields = Object.entries(values).map(([name, value]) => {
    const all = (typeof value === 'string' ? [value] : value).map((one) => `<value>${one}</value>`).join('');
    return `<field var='pubsub#${name}'>${all}</field>`;
  });
  const kind = `<field var='FORM_TYPE' type='hidden'><value>${namespaces.pubsubNodeConfig}</value></field>`;
  return ownerRequest(
    `<configure node='${node}'><x xmlns='jabber:x:data' type='submit'>${kind}${fields.join('')}</x></configure>`,
  );
};
