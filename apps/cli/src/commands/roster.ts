// `roster`: one line for each contact (RFC 6121 §2).
import { Roster } from '@parlance/xmpp-client/features/roster';
import type { Command } from 'commander';
import { signedIn } from '../session.ts';
import { command, type Terminal } from '../terminal.ts';

export const roster = (terminal: Terminal): Command =>
  command(terminal, 'roster').action(async (_options: unknown, own: Command) => {
    await signedIn(terminal, own, async ({ client }) => {
      const items = await new Roster(client).read();
      for (const { jid, ...rest } of items.values()) terminal.print({ event: 'contact', address: jid, ...rest });
    });
  });
