// `contact add|accept|remove|block|unblock ADDRESS` (RFC 6121 §2, §3; XEP-0191).

import { el } from '@parlance/xml/element';
import { namespaces } from '@parlance/xmpp/namespaces';
import type { XmppClient } from '@parlance/xmpp-client/client';
import { BlockList } from '@parlance/xmpp-client/features/blocking';
import { Roster } from '@parlance/xmpp-client/features/roster';
import type { Command } from 'commander';
import { addressOf, signedIn } from '../session.ts';
import { command, type Terminal } from '../terminal.ts';

type Action = 'add' | 'accept' | 'remove' | 'block' | 'unblock';

/** The server answers in order: what was sent before the question has been dealt with. */
const settled = async (client: XmppClient): Promise<void> => {
  await client.request('get', el('ping', namespaces.ping), client.domain).catch(() => undefined);
};

const actions: Readonly<Record<Action, (client: XmppClient, address: string, name: string) => Promise<void>>> = {
  add: async (client, address, name) => {
    const roster = new Roster(client);
    await roster.set(address, name);
    roster.subscription('subscribe', address);
    // RFC 6121 §3.4: approved in advance, where the server can.
    if (client.serverFeatures.child('sub', namespaces.preApproval) !== undefined)
      roster.subscription('subscribed', address);
    await settled(client);
  },
  accept: async (client, address) => {
    new Roster(client).subscription('subscribed', address);
    await settled(client);
  },
  remove: (client, address) => new Roster(client).remove(address),
  block: (client, address) => new BlockList(client).block(address),
  unblock: (client, address) => new BlockList(client).unblock(address),
};

const one = (terminal: Terminal, action: Action): Command => {
  const made = command(terminal, `contact ${action}`).argument('<address>', terminal.texts.arguments.to);
  if (action === 'add') made.option('--name <name>', terminal.texts.options.name);
  return made.action(async (address: string, { name = '' }: { name?: string }, own: Command) => {
    addressOf(terminal, address);
    await signedIn(terminal, own, async ({ client }) => {
      await actions[action](client, address, name);
      terminal.print({ event: 'contact', action, address });
    });
  });
};

export const contact = (terminal: Terminal): Command => {
  const group = command(terminal, 'contact');
  for (const action of ['add', 'accept', 'remove', 'block', 'unblock'] as const)
    group.addCommand(one(terminal, action));
  return group;
};
