// People on the stage, for tests of presence: who they are, how they come online and become contacts, and what they heard in few words.
import type { Element } from '@parlance/xml/element';
import type { Extension } from '../extension.ts';
import { openPresence } from '../presence/room.ts';
import { Stage, type StageParts } from './stage.ts';
import type { StageClient } from './stage-client.ts';

export const juliet = 'juliet@capulet.example';
export const nurse = 'nurse@capulet.example';
export const romeo = 'romeo@montague.example';

/** A stage with the real roster and presence. */
export const openCompany = (
  parts: Pick<StageParts, 'clock' | 'stores' | 'committer'>,
  ...extensions: readonly Extension[]
): Stage => new Stage({ ...parts, extensions, presence: openPresence });

const isWord = (word: string | undefined): word is string => word !== undefined && word !== '';

/** A stanza in few words: `romeo@montague.example/orchard available dnd`, `push romeo@montague.example both`, `iq result`. */
export const brief = (stanza: Element): string => {
  const type = stanza.attr('type') ?? 'available';
  if (stanza.name === 'presence') {
    const condition = stanza.child('error')?.elements()[0]?.name;
    return [stanza.attr('from'), type, stanza.childText('show'), condition].filter(isWord).join(' ');
  }
  const item = type === 'set' ? stanza.elements()[0]?.elements()[0] : undefined;
  if (item === undefined) return `${stanza.name} ${type}`;
  const marks = ['ask', 'approved'].filter((name) => item.attr(name) !== undefined);
  return ['push', item.attr('jid'), item.attr('subscription'), ...marks].filter(isWord).join(' ');
};

/** What a client got since the last call. */
export const heard = (client: StageClient): string[] => client.taken().map(brief);

/** A client that asked for its roster and is available. */
export const online = async (
  stage: Stage,
  address: string,
  label: string,
  presence = '<presence/>',
): Promise<StageClient> => {
  const client = await stage.bind(address, label);
  await client.send("<iq type='get' id='r'><query xmlns='jabber:iq:roster'/></iq>");
  await client.send(presence);
  client.taken();
  return client;
};

/** `watcher` may see the presence of `presentity` from now on. */
export const befriend = async (watcher: StageClient, presentity: StageClient): Promise<void> => {
  await watcher.send(`<presence to='${presentity.session.account.address}' type='subscribe'/>`);
  await presentity.send(`<presence to='${watcher.session.account.address}' type='subscribed'/>`);
  watcher.taken();
  presentity.taken();
};
