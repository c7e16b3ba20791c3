// A phone for a play: our own user agent, and what it heard.

import { from } from '@parlance/sip/headers/name-addr';
import { UserAgent } from '@parlance/sip-client/agent';
import type { FlowTarget } from '@parlance/sip-client/flows';
import { systemClock } from 'parlance-im/ports/clock';
import { systemDigest } from 'parlance-im/ports/digest';
import { systemRandom } from 'parlance-im/ports/random';
import { password as everybodys, type House } from '../house.ts';

export interface PhoneOptions {
  readonly transport?: FlowTarget['transport'];
  readonly password?: string;
  readonly instance?: string;
}

const listeners = { UDP: 'sipUdp', TCP: 'sipTcp', TLS: 'sipTls' } as const;

/** Milliseconds. */
const patience = 5_000;

export class Phone {
  readonly agent: UserAgent;
  /** Texts in the order in which they came, and who sent them. */
  readonly said: string[] = [];
  readonly from: string[] = [];
  #onSaid: () => void = () => undefined;

  constructor(agent: UserAgent) {
    this.agent = agent;
    agent.handlers.set('MESSAGE', (request) => {
      this.said.push(new TextDecoder().decode(request.body));
      this.from.push(request.one(from).uri);
      this.#onSaid();
      return { status: 200 };
    });
  }

  /** Resolves with the sender's URI once this text has come. */
  async heard(text: string): Promise<string> {
    const late = AbortSignal.timeout(patience);
    while (!this.said.includes(text)) {
      await new Promise<void>((resolve, reject) => {
        this.#onSaid = resolve;
        late.addEventListener('abort', () => reject(new Error(`heard only ${this.said.join(', ')}`)), { once: true });
      });
    }
    return this.from[this.said.indexOf(text)] ?? '';
  }

  close(): void {
    this.agent.close();
  }
}

/** A phone of an account of the house, not yet registered. */
export const phone = async (
  house: House,
  account: string,
  { transport = 'UDP', password = everybodys, instance }: PhoneOptions = {},
): Promise<Phone> => {
  const server = { transport, address: '127.0.0.1', port: house.port(listeners[transport]) };
  const agent = await UserAgent.open({
    clock: systemClock,
    random: () => systemRandom.token(96),
    chance: () => (systemRandom.bytes(1)[0] ?? 0) / 256,
    hash: systemDigest,
    server,
    account,
    password,
    ...(instance === undefined ? {} : { instance }),
  });
  return new Phone(agent);
};
