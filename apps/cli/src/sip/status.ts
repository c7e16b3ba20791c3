// `status SHOW` by SIP: published as a presence document for as long as the command runs (RFC 3903; RFC 3863, 4480; RFC 8048 §6.2).
import { setTimeout as pause } from 'node:timers/promises';
import { namespaces } from '@parlance/sip/namespaces';
import { richElement } from '@parlance/sip/presence/rich';
import { writePresence } from '@parlance/sip/presence/write';
import { Publication } from '@parlance/sip-client/publication';
import { el } from '@parlance/xml/element';
import type { Command } from 'commander';
import type { CommandFailed, Terminal } from '../terminal.ts';
import { asPhone, refusalOf } from './phone.ts';
import { clock } from './platform.ts';

export type Show = 'online' | 'chat' | 'away' | 'xa' | 'dnd';

interface Status {
  readonly show: Show;
  readonly text: string | undefined;
  readonly seconds: number | undefined;
}

/** What phones show, who do not know the words of XMPP. */
const activities: Readonly<Partial<Record<Show, string>>> = { away: 'away', xa: 'away', dnd: 'busy' };

const documentOf = (entity: string, { show, text }: Status): Uint8Array => {
  const activity = activities[show];
  const notes = text === undefined ? [] : [{ text }];
  const rich = activity === undefined ? [] : [richElement('activities', { words: [activity], notes: [] })];
  const said = show === 'online' ? [] : [el('show', namespaces.jabberClient, {}, show)];
  return writePresence({
    entity,
    tuples: [
      { id: 'cli', basic: 'open', statuses: said, contact: { uri: entity }, devices: [], notes, extensions: [] },
    ],
    persons: rich.length === 0 ? [] : [{ id: 'person', notes: [], extensions: rich }],
    devices: [],
    notes: [],
    extensions: [],
  });
};

export const statusBySip = async (terminal: Terminal, command: Command, status: Status): Promise<void> => {
  await asPhone(terminal, command, async ({ agent }) => {
    let fail = (_why: CommandFailed): void => undefined;
    const failed = new Promise<CommandFailed>((resolve) => {
      fail = resolve;
    });
    const publication = new Publication({
      agent,
      clock,
      event: 'presence',
      content: { type: 'application/pidf+xml', body: documentOf(agent.uri, status) },
      seconds: 3_600,
      ended: (why) => fail(refusalOf(terminal, why)),
    });
    const result = await publication.begin();
    if (typeof result === 'string' || result.status >= 300) throw refusalOf(terminal, result);
    terminal.print({ event: 'status', show: status.show });
    const { seconds } = status;
    const enough = seconds === undefined ? [] : [pause(seconds * 1_000, undefined, { ref: false })];
    const reason = await Promise.race([terminal.interrupted, failed, ...enough]);
    await publication.end();
    if (reason !== undefined) throw reason;
  });
};
