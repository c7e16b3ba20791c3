// A screen that nobody sees, for programs with windows.
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';

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
