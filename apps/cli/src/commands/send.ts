// `send TO TEXT`: ends when the server has taken responsibility (XEP-0198 §4).

import { text as contentOf } from 'node:stream/consumers';
import { el } from '@parlance/xml/element';
import { namespaces } from '@parlance/xmpp/namespaces';
import type { Command } from 'commander';
import { addressOf, isSip, signedIn } from '../session.ts';
import { sendBySip } from '../sip/send.ts';
import { CommandFailed, command, type Terminal } from '../terminal.ts';

export const send = (terminal: Terminal): Command =>
  command(terminal, 'send')
    .argument('<to>', terminal.texts.arguments.to)
    .argument('<text>', terminal.texts.arguments.text)
    .action(async (to: string, given: string, _options: unknown, own: Command) => {
      const said = async (): Promise<string> =>
        given === '-' ? (await contentOf(terminal.input)).replace(/\n$/, '') : given;
      if (isSip(own)) {
        await sendBySip(terminal, own, to, said);
        return;
      }
      addressOf(terminal, to);
      await signedIn(terminal, own, async ({ client }) => {
        const text = await said();
        const id = client.id();
        const origin = el('origin-id', namespaces.sid, { id });
        const body = el('body', namespaces.client, {}, text);
        const delivery = client.send(el('message', namespaces.client, { to, type: 'chat', id }, body, origin));
        const state = await delivery.outcome();
        if (state === 'failed') throw new CommandFailed(terminal.texts.notDelivered(delivery.error?.message ?? ''));
        terminal.print({ event: 'sent', id, to, state });
      });
    });
