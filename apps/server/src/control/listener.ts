// The control socket of a running server: JSON lines in `data/control.sock`, for the owner of the data directory only (mode 0600).
import { chmodSync, rmSync } from 'node:fs';
import { createServer, type Server, type Socket } from 'node:net';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import type { Log } from '@parlance/base/log';
import { type Ask, ControlRefusal, type RequestName, requestSchemas } from './requests.ts';
import { withSocketPath } from './socket-path.ts';

export interface ControlSocket {
  /** Ends all connections and removes the socket. */
  close(): Promise<void>;
}

const isName = (name: unknown): name is RequestName => typeof name === 'string' && Object.hasOwn(requestSchemas, name);

/** A line as a request; anything else has no name. */
const parse = (line: string): { readonly name?: unknown; readonly asked?: unknown } => {
  try {
    const given: unknown = JSON.parse(line);
    return typeof given === 'object' && given !== null ? given : {};
  } catch {
    return {};
  }
};

/** One request line in, one answer out. */
const answer = async (line: string, ask: Ask, log: Log): Promise<object> => {
  try {
    const { name, asked } = parse(line);
    if (!isName(name)) throw new ControlRefusal('request-malformed', String(name));
    const parsed = requestSchemas[name].safeParse(asked);
    if (!parsed.success) throw new ControlRefusal('request-malformed', name);
    return { answer: await ask(name, parsed.data as never) };
  } catch (error) {
    if (error instanceof ControlRefusal) {
      const { code, subject, other } = error;
      return { refused: { code, subject, other } };
    }
    log.error('control request failed', { error });
    return { refused: { code: 'internal', subject: '' } };
  }
};

const serve = async (socket: Socket, ask: Ask, log: Log): Promise<void> => {
  socket.on('error', () => socket.destroy());
  for await (const line of createInterface({ input: socket }))
    socket.write(`${JSON.stringify(await answer(line, ask, log))}\n`);
  socket.end();
};

const listen = (server: Server, path: string): Promise<void> =>
  new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(path, resolve);
  });

/**
 * Opens the control socket of a data directory whose lock the caller holds: a socket that lies there is a dead owner's.
 * Requests of one connection are answered one after another.
 */
export const openControlSocket = async (data: string, ask: Ask, log: Log): Promise<ControlSocket> => {
  const file = join(data, 'control.sock');
  const sockets = new Set<Socket>();
  rmSync(file, { force: true });
  const server = createServer((socket) => {
    sockets.add(socket);
    socket.once('close', () => sockets.delete(socket));
    serve(socket, ask, log).catch((error: unknown) => log.debug('control connection lost', { error }));
  });
  await withSocketPath(data, (path) => listen(server, path));
  chmodSync(file, 0o600);
  return {
    close: () =>
      new Promise((resolve) => {
        server.close(() => {
          rmSync(file, { force: true });
          resolve();
        });
        for (const socket of sockets) socket.destroy();
      }),
  };
};
