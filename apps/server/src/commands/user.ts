// `parlance user …`.
import type { Command } from 'commander';
import { group, type Terminal } from './command.ts';
import { userAdd } from './user-add.ts';
import { userAppPassword } from './user-app-password.ts';
import { userImport } from './user-import.ts';
import { userList } from './user-list.ts';
import { userPasswd } from './user-passwd.ts';
import { userRemove } from './user-remove.ts';
import { userRole } from './user-role.ts';
import { userSuspend } from './user-suspend.ts';

const parts = [userAdd, userList, userPasswd, userRemove, userRole, userSuspend, userImport, userAppPassword];

export const user = (terminal: Terminal): Command => {
  const users = group(terminal, 'user');
  for (const part of parts) users.addCommand(part(terminal));
  return users;
};
