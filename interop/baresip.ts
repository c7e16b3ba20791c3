// baresip, a phone, at home in a directory of its own: configured by files, driven over its control connection (module ctrl_tcp).
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { connect, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { setTimeout as pause } from 'node:timers/promises';
import { freePort } from './foreign-server.ts';
import { Heard } from './heard.ts';
import { toneMilliseconds, writeTone } from './tone.ts';

export interface PhoneOptions {
  /** `user@domain`. */
  readonly address: string;
  readonly password: string;
  /** The server's port on this machine for that transport. */
  readonly port: number;
  readonly transport?: 'udp' | 'tcp' | 'tls';
  /** A file of certificates it trusts. */
  readonly certificate?: string;
  /** Addresses whose presence it asks for. */
  readonly contacts?: readonly string[];
  /** What it says in calls: a tone of so many Hz. */
  readonly tone?: number;
}

/** What it tells of itself over the control connection: events, and answers to commands. */
interface Saying {
  readonly type?: string;
  readonly param?: string;
  readonly response?: boolean;
  readonly ok?: boolean;
  readonly data?: string;
}

const modules = ['stdio', 'g711', 'aufile', 'aubridge', 'sndfile'];
const applications = ['account', 'contact', 'menu', 'presence', 'ctrl_tcp'];

/** It writes what it hears into a file whose name it makes of the time. */
const recording = /^dump-.*-dec\.wav$/;

const configuration = (home: string, control: number, certificate: string | undefined): string => `
sip_listen 127.0.0.1:0
${certificate === undefined ? '' : `sip_cafile ${certificate}`}
audio_source aufile,${join(home, 'said.wav')}
audio_player aubridge,nowhere
audio_alert aubridge,nowhere
ausrc_srate 8000
auplay_srate 8000
ausrc_channels 1
auplay_channels 1
snd_path ${home}
ctrl_tcp_listen 127.0.0.1:${control}
module_path /usr/lib/baresip/modules
${modules.map((name) => `module ${name}.so`).join('\n')}
${applications.map((name) => `module_app ${name}.so`).join('\n')}
`;

const accountOf = ({ address, password, port, transport = 'udp' }: PhoneOptions): string =>
  [
    `<sip:${address};transport=${transport}>;auth_pass="${password}";regint=600;pubint=600;answermode=manual`,
    `audio_codecs=PCMU/8000/1;outbound="sip:127.0.0.1:${port};transport=${transport}"\n`,
  ].join(';');

/** Seconds that it speaks in a call; the end of the file ends the call. */
const speech = 30;

/** What a netstring holds, and what stands behind it; undefined while it is not whole. */
const netstring = (text: string): readonly [string | undefined, string] => {
  const colon = text.indexOf(':');
  const end = colon + 1 + Number(text.slice(0, colon));
  return colon < 0 || text.length <= end ? [undefined, text] : [text.slice(colon + 1, end), text.slice(end + 1)];
};

/** Connects to a program that is about to listen. */
const reach = async (port: number): Promise<Socket> => {
  for (let tries = 0; ; tries++) {
    const socket = connect(port, '127.0.0.1');
    try {
      await once(socket, 'connect');
      return socket;
    } catch (error) {
      if (tries === 200) throw error;
      await pause(20);
    }
  }
};

export class Baresip {
  readonly #home: string;
  readonly #process: ChildProcess;
  readonly #control: Socket;
  readonly #heard = new Heard<Saying>();
  readonly #lines: Heard<string>;

  private constructor(home: string, child: ChildProcess, control: Socket, lines: Heard<string>) {
    this.#home = home;
    this.#process = child;
    this.#control = control;
    this.#lines = lines;
    let rest = '';
    control.setEncoding('latin1').on('data', (text: string) => {
      rest += text;
      for (let [said, after] = netstring(rest); said !== undefined; [said, after] = netstring(rest)) {
        rest = after;
        this.#heard.add(JSON.parse(Buffer.from(said, 'latin1').toString()) as Saying);
      }
    });
  }

  /** Starts it, and waits until it is registered. */
  static async start(options: PhoneOptions): Promise<Baresip> {
    const home = mkdtempSync(join(tmpdir(), 'parlance-baresip-'));
    const control = await freePort();
    const { contacts = [], certificate, tone = 440 } = options;
    writeFileSync(join(home, 'config'), configuration(home, control, certificate));
    writeFileSync(join(home, 'accounts'), accountOf(options));
    writeFileSync(join(home, 'contacts'), contacts.map((one) => `"${one}" <sip:${one}>;presence=p2p\n`).join(''));
    writeTone(join(home, 'said.wav'), tone, speech);
    // Left alone, it would turn in circles at the end of its input.
    const child = spawn('setpriv', ['--pdeathsig', 'KILL', 'baresip', '-f', home, '-s', '-v'], { stdio: 'pipe' });
    const lines = new Heard<string>();
    for (const output of [child.stdout, child.stderr]) createInterface(output).on('line', (line) => lines.add(line));
    const phone = new Baresip(home, child, await reach(control), lines);
    try {
      await phone.shows(`${options.address}: {0/`);
    } catch (error) {
      await phone.close();
      throw error;
    }
    return phone;
  }

  /** Resolves when a line that it writes has this in it; it writes all that it sends and is sent. */
  shows(text: string | RegExp): Promise<string> {
    const fits = (line: string): boolean => (typeof text === 'string' ? line.includes(text) : text.test(line));
    return this.#lines.next(String(text), fits);
  }

  /** Sends a text to its first contact. */
  async say(text: string): Promise<void> {
    await this.#do('message', text);
  }

  /** Resolves when it has got a text from there. */
  async hears(address: string, text: string): Promise<void> {
    await this.shows(`sip:${address}: "${text}"`);
  }

  /** Tells its watchers. */
  async isOnline(online: boolean): Promise<void> {
    await this.#do(online ? 'presence_online' : 'presence_offline');
  }

  /** Resolves when a document of presence that it is sent says so; what it publishes itself must not say the same. */
  async sees(basic: 'open' | 'closed'): Promise<void> {
    await this.shows(`<basic>${basic}</basic>`);
  }

  async dial(address: string): Promise<void> {
    await this.#do('dial', `sip:${address}`);
  }

  /** Takes the call that comes, or came. */
  async answer(): Promise<void> {
    await this.event('CALL_INCOMING');
    await this.#do('accept');
  }

  /** Resolves when it tells of such an event, as the module ctrl_tcp names it. */
  async event(type: string): Promise<string> {
    const { param = '' } = await this.#heard.next(type, (saying) => saying.type === type);
    return param;
  }

  /** In a call: `hold`, `resume`, `hangup`, or `transfer` to an address. */
  async call(command: 'hold' | 'resume' | 'hangup' | 'transfer', address?: string): Promise<void> {
    await this.#do(command, address === undefined ? undefined : `sip:${address}`);
  }

  /** Milliseconds of that tone that it has heard in all its calls. */
  heardTone(frequency: number): number {
    const files = readdirSync(this.#home).filter((name) => recording.test(name));
    return files.reduce((sum, name) => sum + toneMilliseconds(join(this.#home, name), frequency), 0);
  }

  async #do(command: string, params?: string): Promise<string> {
    const text = JSON.stringify({ command, params });
    this.#control.write(`${Buffer.byteLength(text)}:${text},`);
    const answer = await this.#heard.next(`an answer to ${command}`, ({ response }) => response === true);
    if (answer.ok !== true) throw new Error(`${command}: ${answer.data ?? ''}`);
    return answer.data ?? '';
  }

  /** Signs off and ends. */
  async close(): Promise<void> {
    const ended = this.#process.exitCode === null ? once(this.#process, 'exit') : undefined;
    this.#process.kill('SIGTERM');
    const insist = setTimeout(() => this.#process.kill('SIGKILL'), 3_000);
    await ended;
    clearTimeout(insist);
    this.#control.destroy();
    rmSync(this.#home, { recursive: true, force: true, maxRetries: 5 });
  }
}
