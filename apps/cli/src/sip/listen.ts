// `listen` by SIP: registered until interrupted; messages are printed as they come, and whoever is watched comes and goes.
import { SipError } from '@parlance/sip/error';
import { namespaces } from '@parlance/sip/namespaces';
import { readPresence } from '@parlance/sip/presence/read';
import { readRich } from '@parlance/sip/presence/rich';
import type { UserAgent } from '@parlance/sip-client/agent';
import type { RegistrationState } from '@parlance/sip-client/registration';
import type { Command } from 'commander';
import type { Printed } from '../messages.ts';
import type { Terminal } from '../terminal.ts';
import { messageEvent } from './messages.ts';
import { addressIn, asPhone, targetOf } from './phone.ts';

interface Listening {
  /** Messages after which it ends. */
  readonly count: number;
  readonly watch: readonly string[];
}

/** Prints every message; `heard` is told of each. */
export const printMessages = (terminal: Terminal, agent: UserAgent, heard: () => void): void => {
  agent.handlers.set('MESSAGE', (request) => {
    const event = messageEvent(request);
    if ('refusal' in event) return event.refusal;
    terminal.print(event.printed);
    heard();
    return { status: 200 };
  });
};

/** `online` and `offline`, as when listening by XMPP. */
export const printStates =
  (terminal: Terminal, account: string | undefined) =>
  (state: RegistrationState): void =>
    terminal.print(state === 'registered' ? { event: 'online', address: account } : { event: 'offline' });

/** The words of XMPP where the document has them, else what somebody does (RFC 8048 §6.3). */
const presenceEvent = (from: string, body: Uint8Array): Printed => {
  const { tuples, persons, notes } = readPresence(body);
  const open = tuples.filter(({ basic }) => basic === 'open');
  const all = [...open, ...persons];
  const words = all.flatMap(({ extensions }) => readRich('activities', extensions)?.words ?? []);
  const elements = open.flatMap(({ statuses, extensions }) => [...statuses, ...extensions]);
  const said = elements.find(({ name, ns }) => name === 'show' && ns === namespaces.jabberClient)?.text();
  const status = [...all.flatMap((each) => each.notes), ...notes][0]?.text;
  const show = open.length === 0 ? 'offline' : (said ?? (words.includes('busy') ? 'dnd' : undefined) ?? 'online');
  return {
    event: 'presence',
    from,
    show,
    ...(words.length === 0 ? {} : { activities: words }),
    ...(status === undefined ? {} : { status }),
  };
};

const watch = (terminal: Terminal, agent: UserAgent, target: string): (() => Promise<void>) => {
  const from = addressIn(target);
  const print = (body: Uint8Array): void => {
    try {
      terminal.print(presenceEvent(from, body));
    } catch (error) {
      if (!(error instanceof SipError)) throw error;
    }
  };
  const subscription = agent.subscribe(target, {
    event: 'presence',
    type: 'application/pidf+xml',
    seconds: 3_600,
    notified: (body, state) => {
      if (body.length > 0) print(body);
      else if (state === 'pending') terminal.print({ event: 'asked', from });
    },
    ended: (why) => {
      const reason = typeof why === 'string' ? why : `${why.status} ${why.reason}`;
      terminal.print({ event: 'unwatched', from, reason });
    },
  });
  return () => subscription.end();
};

export const listenBySip = async (
  terminal: Terminal,
  command: Command,
  { count, watch: watched }: Listening,
): Promise<void> => {
  const targets = watched.map((each) => targetOf(terminal, each));
  const { account } = command.optsWithGlobals<{ readonly account?: string }>();
  await asPhone(
    terminal,
    command,
    async ({ agent, register, refused }) => {
      let heard = 0;
      let stop = (): void => undefined;
      const enough = new Promise<void>((resolve) => {
        stop = resolve;
      });
      printMessages(terminal, agent, () => {
        heard += 1;
        if (heard >= count) stop();
      });
      await register();
      const ends = targets.map((target) => watch(terminal, agent, target));
      const reason = await Promise.race([terminal.interrupted, enough, refused]);
      await Promise.all(ends.map((end) => end()));
      if (reason !== undefined) throw reason;
    },
    printStates(terminal, account),
  );
};
