// The CLI's end of the control socket.
import { existsSync } from 'node:fs';
import { connect, type Socket } from 'node:net';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { type Answers, type Ask, type Code, ControlRefusal, type RequestName } from './requests.ts';
import { withSocketPath } from './socket-path.ts';

/** A connection to a running server. */
export interface Caller {
  readonly ask: Ask;
  close(): void;
}

interface Reply {
  readonly answer?: unknown;
  readonly refused?: { readonly code: Code; readonly subject: string; readonly other?: string };
}

const connected = (path: string): Promise<Socket | undefined> =>
  new Promise((resolve) => {
    const socket = connect(path);
    socket.once('connect', () => resolve(socket));
    socket.once('error', () => resolve(undefined));
  });

/** Connects to the server that runs on a data directory; undefined when none does. */
export const callServer = async (data: string): Promise<Caller | undefined> => {
  if (!existsSync(join(data, 'control.sock'))) return undefined;
  const socket = await withSocketPath(data, connected);
  if (socket === undefined) return undefined;
  socket.on('error', () => socket.destroy());
  const lines = createInterface({ input: socket })[Symbol.asyncIterator]();
  const ask = async <Name extends RequestName>(name: Name, asked: unknown): Promise<Answers[Name]> => {
    socket.write(`${JSON.stringify({ name, asked })}\n`);
    const { value, done } = await lines.next();
    if (done === true) throw new ControlRefusal('not-running', '');
    const { answer, refused } = JSON.parse(value) as Reply;
    if (refused !== undefined) throw new ControlRefusal(refused.code, refused.subject, refused.other);
    return answer as Answers[Name];
  };
  return { ask, close: () => socket.destroy() };
};
