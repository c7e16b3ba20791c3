// `status SHOW`: there with a status for as long as the command runs (RFC 6121 §4.7.2).
import { setTimeout as pause } from 'node:timers/promises';
import { el } from '@parlance/xml/element';
import { namespaces } from '@parlance/xmpp/namespaces';
import { presence } from '@parlance/xmpp/wire/rfc-6121.presence';
import { Argument, type Command } from 'commander';
import { isSip, signedIn } from '../session.ts';
import { type Show, statusBySip } from '../sip/status.ts';
import { command, positive, type Terminal } from '../terminal.ts';

const shows: readonly Show[] = ['online', 'chat', 'away', 'xa', 'dnd'];

interface StatusOptions {
  readonly text?: string;
  readonly seconds?: number;
}

export const status = (terminal: Terminal): Command =>
  command(terminal, 'status')
    .addArgument(new Argument('<show>', terminal.texts.arguments.show).choices(shows))
    .option('--text <words>', terminal.texts.options.text)
    .option('--seconds <number>', terminal.texts.options.seconds, positive(terminal))
    .action(async (show: Show, { text, seconds }: StatusOptions, own: Command) => {
      if (isSip(own)) {
        await statusBySip(terminal, own, { show, text, seconds });
        return;
      }
      await signedIn(
        terminal,
        own,
        async ({ lost }) => {
          const enough = seconds === undefined ? [] : [pause(seconds * 1_000, undefined, { ref: false })];
          const reason = await Promise.race([terminal.interrupted, lost, ...enough]);
          if (reason !== undefined) throw reason;
        },
        ({ client, disco }) => {
          client.on('online', () => {
            const children = [
              ...(show === 'online' ? [] : [el('show', namespaces.client, {}, show)]),
              ...(text === undefined ? [] : [el('status', namespaces.client, {}, text)]),
            ];
            const delivery = client.send(presence('available', {}, ...children, disco.capabilities()));
            void delivery.outcome().then(() => terminal.print({ event: 'status', show }));
          });
        },
      );
    });
