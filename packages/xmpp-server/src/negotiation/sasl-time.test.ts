// A name that nobody has is refused in the time of a wrong password, so that names cannot be found out by a watch (checklist 16).
import { passwordCredentials } from '@parlance/core/credentials';
import type { Address } from '@parlance/core/ids';
import { type EmbeddedStorage, openEmbedded } from '@parlance/testkit/embedded-storage';
import { FakeClock } from '@parlance/testkit/fake-clock';
import { beside } from '@parlance/testkit/timing';
import { clientCrypto } from '@parlance/xmpp-client/crypto';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { SignInStage } from '../testing/sign-in-stage.ts';

const domain = 'capulet.example';
const people = 120;
const base64 = (text: string): string => Buffer.from(text).toString('base64');
const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);

let storage: EmbeddedStorage;
let stage: SignInStage;

beforeAll(async () => {
  storage = await openEmbedded();
  stage = new SignInStage({ ...storage, clock: new FakeClock(), crypto: clientCrypto });
  const rows = await passwordCredentials(clientCrypto, stage.context.random, bytes('secret'), 1);
  const names = Array.from({ length: people }, (_, n) => `known${n}@${domain}` as Address);
  for (const name of names) await storage.account(name);
  const accounts = await storage.stores.accounts.load(names);
  await storage.committer.commit(
    accounts.flatMap(({ id }) => rows.map((row) => storage.stores.credentials.put(id, row))),
  );
});
afterAll(() => storage.close());

const failed = `<failure xmlns='urn:ietf:params:xml:ns:xmpp-sasl'><not-authorized/></failure>`;

/** A wrong password, over a stream of its own from this machine, whose failures are not counted. */
const plain = async (name: string): Promise<void> => {
  const client = stage.client({ address: '127.0.0.1' });
  expect(await client.auth('PLAIN', base64(`\0${name}\0wrong`))).toBe(failed);
};

const scram =
  (hash: string, length: number) =>
  async (name: string): Promise<void> => {
    const client = stage.client({ address: '127.0.0.1' });
    const challenge = await client.auth(`SCRAM-${hash}`, base64(`n,,n=${name},r=abc`));
    const text = Buffer.from(/>([^<]+)</.exec(challenge)?.[1] ?? '', 'base64').toString();
    const [, nonce = ''] = /^r=(.*),s=[^,]{24},i=10000$/.exec(text) ?? [];
    const proof = Buffer.alloc(length, 7).toString('base64');
    expect(await client.respond(base64(`c=biws,r=${nonce},p=${proof}`))).toBe(failed);
  };

const mechanisms = [
  ['PLAIN', plain, 20],
  ['SCRAM-SHA-1', scram('SHA-1', 20), 60],
  ['SCRAM-SHA-256', scram('SHA-256', 32), 60],
] as const;

/** Somebody who is here all day, and whose account is in memory, or another account each time. */
type Known = 'the same account' | 'another account';

let asked = 0;

/** What a new name that nobody has takes, in parts of what an account takes. */
const ratioOf = async (tryAs: (name: string) => Promise<void>, rounds: number, which: Known): Promise<number> => {
  const [known = 0, unknown = 0] = await beside(rounds, [
    () => tryAs(`known${which === 'another account' ? ++asked % people : 0}`),
    () => tryAs(`nobody${++asked}`),
  ]);
  return unknown / known;
};

describe.each(mechanisms)('checklist 16: %s', (_, tryAs, rounds) => {
  test.each(['the same account', 'another account'] as const)('beside %s', async (which) => {
    const seen: string[] = [];
    for (let tries = 0; tries < 4; tries++) {
      const ratio = await ratioOf(tryAs, rounds, which);
      seen.push(ratio < 0.8 ? 'sooner' : ratio > 1.25 ? 'later' : 'the same');
    }
    // Noise is seen now and then, and on either side; what can be told is seen each time.
    expect(['sooner,sooner,sooner,sooner', 'later,later,later,later']).not.toContain(seen.join());
  });
});
