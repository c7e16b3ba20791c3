// `send TO TEXT` by SIP: one MESSAGE (RFC 3428 §4). 202: the server has taken responsibility; 200: the other side has it.
import { callId } from '@parlance/sip/headers/plain';
import type { Command } from 'commander';
import type { Terminal } from '../terminal.ts';
import { asPhone, refusalOf, targetOf } from './phone.ts';

export const sendBySip = async (
  terminal: Terminal,
  command: Command,
  to: string,
  text: () => Promise<string>,
): Promise<void> => {
  const target = targetOf(terminal, to);
  await asPhone(terminal, command, async ({ agent }) => {
    const result = await agent.message(target, await text());
    if (typeof result === 'string') throw refusalOf(terminal, result);
    const { status, reason } = result;
    const id = result.one(callId);
    if (status >= 300) {
      terminal.print({ event: 'refused', id, to, status, reason });
      throw refusalOf(terminal, result);
    }
    terminal.print({ event: 'sent', id, to, state: status === 202 ? 'acked' : 'delivered' });
  });
};
