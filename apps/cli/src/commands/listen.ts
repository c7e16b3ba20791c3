// `listen`: what comes, as it comes, until interrupted.
import type { Element } from '@parlance/xml/element';
import { presence, presenceType, readPresenceLevel } from '@parlance/xmpp/wire/rfc-6121.presence';
import { readReceipt } from '@parlance/xmpp/wire/xep-0184.receipts';
import { readDisplayed } from '@parlance/xmpp/wire/xep-0333.markers';
import { carbons } from '@parlance/xmpp-client/features/carbons';
import type { Command } from 'commander';
import { messageEvent, type Printed } from '../messages.ts';
import { isSip, type Session, signedIn } from '../session.ts';
import { listenBySip } from '../sip/listen.ts';
import { CommandFailed, command, positive, type Terminal } from '../terminal.ts';

const presenceEvent = (stanza: Element): Printed | undefined => {
  const [type, from] = [presenceType(stanza), stanza.attr('from')];
  const status = stanza.childText('status');
  const words = status === undefined ? {} : { status };
  if (type === 'available')
    return { event: 'presence', from, show: readPresenceLevel(stanza)?.show ?? 'online', ...words };
  if (type === 'unavailable') return { event: 'presence', from, show: 'offline', ...words };
  return type === undefined || type === 'error' || type === 'probe' ? undefined : { event: type, from, ...words };
};

/** Receipts and markers: what became of our own messages. */
const reportEvent = (message: Element): Printed | undefined => {
  const [received, displayed, from] = [readReceipt(message), readDisplayed(message), message.attr('from')];
  if (received !== undefined) return { event: 'received', from, id: received };
  return displayed === undefined ? undefined : { event: 'displayed', from, id: displayed };
};

/** Prints everything; `heard` is told of each message with text. */
const follow = (terminal: Terminal, { client, disco }: Session, heard: () => void): void => {
  const show = (event: Printed | undefined): void => {
    if (event === undefined) return;
    terminal.print(event);
    if (event['event'] === 'message') heard();
  };
  carbons(client, ({ direction, message, time }) => {
    const event = messageEvent(message, time);
    show(event && { ...event, copy: direction });
  });
  client.on('message', (message) => show(messageEvent(message) ?? reportEvent(message)));
  client.on('presence', (stanza) => {
    // RFC 6121 §4.2.2: our own comes back to us.
    if (stanza.attr('from') !== client.address) show(presenceEvent(stanza));
  });
  client.on('online', ({ address }) => {
    client.send(presence('available', {}, disco.capabilities()));
    terminal.print({ event: 'online', address });
  });
  client.on('resumed', ({ address }) => terminal.print({ event: 'resumed', address }));
  client.on('offline', ({ resumable }) => terminal.print({ event: 'offline', resumable }));
};

interface ListenOptions {
  readonly count?: number;
  readonly watch?: readonly string[];
}

/** An option that is said more than once. */
const added = (one: string, others: readonly string[] | undefined): readonly string[] => [...(others ?? []), one];

export const listen = (terminal: Terminal): Command =>
  command(terminal, 'listen')
    .option('--count <number>', terminal.texts.options.count, positive(terminal))
    .option('--watch <address>', terminal.texts.options.watch, added)
    .action(async ({ count = Number.POSITIVE_INFINITY, watch = [] }: ListenOptions, own: Command) => {
      if (isSip(own)) {
        await listenBySip(terminal, own, { count, watch });
        return;
      }
      if (watch.length > 0) throw new CommandFailed(terminal.texts.onlySip('--watch'));
      let heard = 0;
      let stop = (): void => undefined;
      const enough = new Promise<void>((resolve) => {
        stop = resolve;
      });
      await signedIn(
        terminal,
        own,
        async ({ lost }) => {
          const reason = await Promise.race([terminal.interrupted, enough, lost]);
          if (reason !== undefined) throw reason;
        },
        (session) =>
          follow(terminal, session, () => {
            heard += 1;
            if (heard >= count) stop();
          }),
      );
    });
