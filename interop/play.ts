// A play written in plain JavaScript on a foreign library, in a Node of its own at a server of ours.
import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';
import { type House, password } from '@parlance/scenarios/house';

/** Runs the play of that name in libraries/; resolves with the object that it printed, or with its complaints as text. */
export const play = async (house: House, name: string, ...args: readonly string[]): Promise<unknown> =>
  playAlone({ certificate: join(house.directory, 'data/certs/localhost.crt'), password }, name, ...args);

export interface Entry {
  /** The file of the server's certificate. */
  readonly certificate: string;
  /** Everybody's. */
  readonly password: string;
}

/** The same at whatever server. */
export const playAlone = async (
  { certificate, password: secret }: Entry,
  name: string,
  ...args: readonly string[]
): Promise<unknown> => {
  const path = fileURLToPath(new URL(`libraries/${name}.mjs`, import.meta.url));
  const env = { PASSWORD: secret, NODE_EXTRA_CA_CERTS: certificate };
  // Node 20 has a WebSocket only when it is asked for.
  const child = spawn(process.execPath, ['--experimental-websocket', path, ...args], {
    env,
    stdio: ['ignore', 'pipe', 'pipe'],
    timeout: 15_000,
  });
  const [output, errors] = await Promise.all([text(child.stdout), text(child.stderr)]);
  return output === '' ? errors : JSON.parse(output);
};
