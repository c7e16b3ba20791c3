// Secrets are compared in time that tells nothing of them, wherever something is proven (checklist 15).
// Each path runs as it is, but for keys, nonces and channels of 64 KB, so that a comparison that ends at the
// first difference shows: the same paths with such a comparison planted are the control.
import { toBase64 } from '@parlance/base/base64';
import type { Crypto } from '@parlance/base/crypto';
import { beside } from '@parlance/testkit/timing';
import { passwordFits, plainServer } from '@parlance/xmpp/sasl/plain';
import { ScramClient } from '@parlance/xmpp/sasl/scram-client';
import { ScramServer } from '@parlance/xmpp/sasl/scram-server';
import type { Verifier } from '@parlance/xmpp/sasl/server';
import { clientCrypto } from '@parlance/xmpp-client/crypto';
import { systemCrypto } from 'parlance-im/ports/crypto';
import { describe, expect, test } from 'vitest';

const length = 65_536;
const short = 32;
const zeros = new Uint8Array(short);

type Equal = (one: Uint8Array, other: Uint8Array) => boolean;

/** Where a guess is wrong. */
type Place = 'first' | 'last';

/** What any `===` on texts and any `every` on bytes does. */
const naive: Equal = (one, other) => one.length === other.length && one.every((byte, index) => byte === other[index]);

const secret = new Uint8Array(length).fill(65);

const wrong = (place: Place): Uint8Array =>
  secret.map((byte, index) => (index === (place === 'first' ? 0 : length - 1) ? 66 : byte));
const guesses: Readonly<Record<Place, Uint8Array>> = { first: wrong('first'), last: wrong('last') };

const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);
const text = (all: Uint8Array): string => new TextDecoder().decode(all);

/** Hashes that cost nothing and come out long: what is wrong at its first byte is wrong at the first byte of the hash. */
const stretched = (equal: Equal): Crypto => ({
  equal,
  digest: (_, input) => guesses[input[0] === 1 ? 'first' : 'last'],
  hmac: (_, key) => (key.length === length ? zeros : key),
  pbkdf2: (_, password) => Promise.resolve(Uint8Array.of(password[0] === 0x31 ? 1 : 2)),
});

const verifier: Verifier = {
  known: true,
  hash: 'SHA-256',
  salt: zeros,
  rounds: 4096,
  storedKey: secret,
  serverKey: zeros,
};

interface Offered {
  readonly nonce?: string;
  readonly binding?: Uint8Array;
  readonly proof?: Uint8Array;
}

/** A whole exchange; what is not offered is right. */
const scram = async (equal: Equal, offered: Offered): Promise<unknown> => {
  const bound = offered.binding !== undefined;
  const bindings = new Map(bound ? [['tls-exporter', secret]] : []);
  const header = bound ? 'p=tls-exporter,,' : 'n,,';
  const nonce = offered.nonce === undefined ? 'server' : text(secret);
  const server = new ScramServer({
    crypto: stretched(equal),
    hash: 'SHA-256',
    plus: bound,
    bindings,
    nonce,
    verifier: () => Promise.resolve(verifier),
  });
  await server.respond(bytes(`${header}n=u,r=c`));
  const input = Buffer.concat([bytes(header), offered.binding ?? new Uint8Array(0)]).toString('base64');
  const proof = toBase64(offered.proof ?? zeros);
  return server.respond(bytes(`c=${input},r=c${offered.nonce ?? nonce},p=${proof}`));
};

const refused = { step: 'failure', condition: 'not-authorized' };

type Path = (equal: Equal, place: Place) => Promise<unknown>;

const nonces = { first: text(guesses.first), last: text(guesses.last) };

const serverPaths: Readonly<Record<string, Path>> = {
  'a proof (SCRAM)': (equal, place) =>
    scram(equal, { proof: Uint8Array.of(place === 'first' ? 1 : 2, ...zeros.subarray(1)) }),
  'the data of a channel (SCRAM-PLUS)': (equal, place) => scram(equal, { binding: guesses[place] }),
  'a nonce (SCRAM)': (equal, place) => scram(equal, { nonce: nonces[place] }),
  'a password (PLAIN)': async (equal, place) =>
    plainServer((_, password) => passwordFits(stretched(equal), verifier, password)).respond(
      bytes(`\0u\0${place === 'first' ? '1' : '2'}`),
    ),
};

const signatures = { first: bytes(`v=${toBase64(guesses.first)}`), last: bytes(`v=${toBase64(guesses.last)}`) };

/** Our client, at a server that would like to be taken for ours. */
const clientPath: Path = async (equal, place) => {
  const crypto: Crypto = {
    ...stretched(equal),
    digest: () => zeros,
    hmac: (_, key) => (key === zeros ? secret : zeros),
  };
  const client = new ScramClient({
    crypto,
    name: '',
    hash: 'SHA-256',
    user: 'u',
    password: 'p',
    nonce: 'c',
    flag: 'n',
    binding: undefined,
  });
  client.initial();
  await client.respond(bytes('r=cs,s=AAAA,i=4096'));
  try {
    client.succeed(signatures[place]);
    return 'believed';
  } catch {
    return refused;
  }
};

/** What the two guesses differ by on a path, in parts of what they would by if nothing else were done than to look for the difference. */
const differenceOf = async (path: Path, equal: Equal): Promise<number> => {
  const [first = 0, last = 0, firstAlone = 0, lastAlone = 0] = await beside(60, [
    () => path(equal, 'first'),
    () => path(equal, 'last'),
    () => naive(secret, guesses.first),
    () => naive(secret, guesses.last),
  ]);
  return (last - first) / (lastAlone - firstAlone);
};

/** Somebody who measures would know: in two of three tries more than half of it shows. */
const tells = async (path: Path, equal: Equal): Promise<boolean> => {
  const seen = async (): Promise<boolean> => (await differenceOf(path, equal)) > 1 / 2;
  const [one, other] = [await seen(), await seen()];
  return one === other ? one : seen();
};

describe.each([
  ...Object.entries(serverPaths).map(([name, path]) => [name, path, systemCrypto] as const),
  ["a server's signature (SCRAM, our client)", clientPath, clientCrypto] as const,
])('checklist 15: %s', (_, path, crypto) => {
  const equal: Equal = (one, other) => crypto.equal(one, other);

  test('is refused, wherever it is wrong', async () => {
    expect([await path(equal, 'first'), await path(equal, 'last')]).toEqual([refused, refused]);
  });

  test('is compared in the same time, wherever it is wrong', async () => {
    expect(await tells(path, equal)).toBe(false);
  });

  test('would tell if it were compared up to the first difference', async () => {
    expect(await tells(path, naive)).toBe(true);
  });
});
