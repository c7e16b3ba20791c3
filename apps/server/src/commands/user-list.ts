// `parlance user list [DOMAIN]`.
import type { AccountSummary } from '@parlance/core/store';
import type { Command } from 'commander';
import type { Ask } from '../control/requests.ts';
import { type CommonOptions, command, print, type Terminal, withServer } from './command.ts';
import { moment, table } from './table.ts';

/** All pages of the list. */
export const everybody = async (ask: Ask, domain: string | null): Promise<readonly AccountSummary[]> => {
  const found: AccountSummary[] = [];
  let after: string | null = null;
  do {
    const page: { users: readonly AccountSummary[]; next: string | null } = await ask('user list', { domain, after });
    found.push(...page.users);
    after = page.next;
  } while (after !== null);
  return found;
};

export const userList = (terminal: Terminal): Command => {
  const { texts } = terminal;
  return command(terminal, 'user list')
    .argument('[domain]', texts.arguments.domain)
    .action(async (domain: string | undefined, options: CommonOptions) => {
      const users = await withServer(terminal, options, 'user list', (ask) => everybody(ask, domain ?? null));
      const rows = users.map(({ address, role, created, suspended, phone }) => [
        address,
        role,
        moment(created),
        [...(suspended ? [texts.user.suspendedMark] : []), ...(phone ? [] : [texts.user.noPhoneMark])].join(', '),
      ]);
      print(terminal, options, users, users.length === 0 ? [texts.user.none] : table([texts.user.columns, ...rows]));
    });
};
