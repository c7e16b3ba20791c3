// Namespaces of Linux, for programs that are to find another user or another machine than there is.
import { spawnSync } from 'node:child_process';

/** What stands before the command of a program that does not run as root. */
export const asSomebody: readonly string[] =
  process.getuid?.() === 0 ? ['unshare', '--user', '--map-user=1000', '--map-group=1000'] : [];

/** Why nothing can be started by this command, such as `unshare …`; undefined when it can. */
export const forbidden = (...command: readonly string[]): string | undefined => {
  const [program, ...args] = [...command, 'true'];
  return spawnSync(program, args).status === 0 ? undefined : 'no namespaces for users on this host';
};
