// `call TO` and `answer`: one audio call by SIP, its sound from a file and to one (RFC 3261 §13–15).
import { setTimeout as pause } from 'node:timers/promises';
import { from } from '@parlance/sip/headers/name-addr';
import type { SipRequest } from '@parlance/sip/message';
import { respond } from '@parlance/sip/response';
import type { ServerTransaction } from '@parlance/sip/transaction/server';
import type { AudioSession } from '@parlance/sip-client/audio/rtp';
import { Call } from '@parlance/sip-client/call';
import type { Command } from 'commander';
import { printMessages, printStates } from '../sip/listen.ts';
import { addressIn, asPhone, type Phone, refusalOf, targetOf } from '../sip/phone.ts';
import { clock, random } from '../sip/platform.ts';
import { openSound, soundFrom, soundTo } from '../sip/sound.ts';
import { command, positive, type Terminal } from '../terminal.ts';

/** Milliseconds. */
const patience = 2_000;

interface CallOptions {
  readonly play?: string;
  readonly record?: string;
  readonly seconds?: number;
}

const callCommand = (terminal: Terminal, name: 'call' | 'answer'): Command => {
  const { options } = terminal.texts;
  return command(terminal, name)
    .option('--play <file>', options.play)
    .option('--record <file>', options.record)
    .option('--seconds <number>', options.talk, positive(terminal));
};

/** The end of a call, which may come at any time. */
const ending = (): { readonly end: Promise<string>; readonly ended: (why: string) => void } => {
  let ended = (_why: string): void => undefined;
  const end = new Promise<string>((resolve) => {
    ended = resolve;
  });
  return { end, ended };
};

/** From the moment when a call is taken to its end: prints, hangs up in time, and writes what was heard. */
const talk = async (
  terminal: Terminal,
  call: Call,
  audio: AudioSession,
  end: Promise<string>,
  { peer, seconds, record }: CallOptions & { readonly peer: string },
): Promise<void> => {
  const began = clock.monotonic();
  terminal.print({ event: 'connected', with: peer });
  const timer = seconds === undefined ? undefined : clock.after(seconds * 1_000, () => call.hangUp());
  void terminal.interrupted.then(() => call.hangUp());
  const why = await end;
  timer?.cancel();
  const { heard } = audio;
  if (record !== undefined) await soundTo(terminal, record, heard);
  const lasted = Math.round((clock.monotonic() - began) / 100) / 10;
  terminal.print({ event: 'ended', with: peer, why, seconds: lasted, ...(record === undefined ? {} : { record }) });
};

const place = async (terminal: Terminal, { agent }: Phone, target: string, options: CallOptions): Promise<void> => {
  const peer = addressIn(target);
  const audio = await openSound(agent.flow.local.address, await soundFrom(terminal, options.play));
  const { end, ended } = ending();
  const dialling = agent.dial(target, audio, ended, (status) => {
    if (status === 180) terminal.print({ event: 'ringing', with: peer });
  });
  // Some phone that is gone may keep the server from saying at once that all is taken back (RFC 3261 §9.1).
  const takenBack = terminal.interrupted.then(async () => {
    dialling.giveUp();
    await pause(patience, undefined, { ref: false });
    return 'cancelled' as const;
  });
  const call = await Promise.race([dialling.result, takenBack]);
  if (call instanceof Call) {
    await talk(terminal, call, audio, end, { ...options, peer });
    return;
  }
  if (call === 'cancelled') {
    terminal.print({ event: 'ended', with: peer, why: await end, seconds: 0 });
    return;
  }
  if (typeof call !== 'string')
    terminal.print({ event: 'refused', with: peer, status: call.status, reason: call.reason });
  throw refusalOf(terminal, call);
};

export const call = (terminal: Terminal): Command =>
  callCommand(terminal, 'call')
    .argument('<to>', terminal.texts.arguments.to)
    .action(async (to: string, options: CallOptions, own: Command) => {
      const target = targetOf(terminal, to);
      await asPhone(terminal, own, (phone) => place(terminal, phone, target, options));
    });

/** Takes the first call; others hear that we are busy. Resolves at the end of that call, or when nobody wants to wait any longer. */
const takeOne = async (
  terminal: Terminal,
  { agent, register, refused }: Phone,
  options: CallOptions,
): Promise<void> => {
  const samples = await soundFrom(terminal, options.play);
  let taken = false;
  const talked = new Promise<void>((resolve, reject) => {
    const take = async (request: SipRequest, transaction: ServerTransaction): Promise<void> => {
      const peer = addressIn(request.one(from).uri);
      const audio = await openSound(agent.flow.local.address, samples);
      const { end, ended } = ending();
      const ringing = agent.ring(transaction, audio, ended);
      if (ringing === undefined) {
        taken = false;
        return;
      }
      terminal.print({ event: 'ringing', with: peer });
      ringing.accept();
      await talk(terminal, ringing, audio, end, { ...options, peer });
      resolve();
    };
    agent.onCall = (request, transaction) => {
      if (taken) {
        transaction.respond(respond(request, { status: 486 }, random.token(96)));
        return;
      }
      taken = true;
      take(request, transaction).catch(reject);
    };
  });
  await register();
  const idle = terminal.interrupted.then(() => (taken ? talked : undefined));
  const reason = await Promise.race([talked, refused, idle]);
  if (reason !== undefined) throw reason;
};

export const answer = (terminal: Terminal): Command =>
  callCommand(terminal, 'answer').action(async (options: CallOptions, own: Command) => {
    const { account } = own.optsWithGlobals<{ readonly account?: string }>();
    await asPhone(
      terminal,
      own,
      (phone) => {
        printMessages(terminal, phone.agent, () => undefined);
        return takeOne(terminal, phone, options);
      },
      printStates(terminal, account),
    );
  });
