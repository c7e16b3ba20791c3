// A screen that nobody sees, for programs with windows.
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';

export interface Screen {
  readonly process: ChildProcess;
  /** The value of DISPLAY. */
  readonly display: string;
}

export const openScreen = async (): Promise<Screen> => {
  const screen = spawn('Xvfb', ['-displayfd', '1', '-screen', '0', '1000x700x24', '-nolisten', 'tcp'], {
    stdio: ['ignore', 'pipe', 'ignore'],
  });
  const [number] = (await once(screen.stdout, 'data')) as [Buffer];
  return { process: screen, display: `:${number.toString().trim()}` };
};

/** The environment of a program that is at `home` and shows itself on `screen`. */
export const environment = (home: string, screen: Screen): NodeJS.ProcessEnv => {
  const runtime = join(home, 'run');
  mkdirSync(runtime, { mode: 0o700 });
  const looks = { GDK_BACKEND: 'x11', GSK_RENDERER: 'cairo', GSETTINGS_BACKEND: 'memory', NO_AT_BRIDGE: '1' };
  return { ...process.env, ...looks, LANG: 'C.UTF-8', HOME: home, XDG_RUNTIME_DIR: runtime, DISPLAY: screen.display };
};
