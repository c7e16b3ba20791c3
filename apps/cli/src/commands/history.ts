// `history WITH`: the end of a conversation from the archive (XEP-0313).

import type { XmppClient } from '@parlance/xmpp-client/client';
import { type ArchivedMessage, readArchive } from '@parlance/xmpp-client/features/archive';
import type { Command } from 'commander';
import { messageEvent } from '../messages.ts';
import { addressOf, signedIn } from '../session.ts';
import { command, positive, type Terminal } from '../terminal.ts';

/** Messages of a page. */
const page = 100;

/** The last `max` messages, oldest first. */
const last = async (client: XmppClient, peer: string, max: number): Promise<readonly ArchivedMessage[]> => {
  const messages: ArchivedMessage[] = [];
  for (let complete = false; !complete && messages.length < max; ) {
    const before = messages[0]?.id ?? '';
    const found = await readArchive(client, { peer, before, max: Math.min(page, max - messages.length) });
    messages.unshift(...found.messages);
    complete = found.complete || found.messages.length === 0;
  }
  return messages;
};

export const history = (terminal: Terminal): Command =>
  command(terminal, 'history')
    .argument('<with>', terminal.texts.arguments.to)
    .option('--max <number>', terminal.texts.options.max, positive(terminal), 50)
    .action(async (peer: string, { max }: { max: number }, own: Command) => {
      addressOf(terminal, peer);
      await signedIn(terminal, own, async ({ client }) => {
        for (const { id, stamp, stanza } of await last(client, peer, max)) {
          const event = messageEvent(stanza, stamp);
          if (event !== undefined) terminal.print({ ...event, archiveId: id });
        }
      });
    });
