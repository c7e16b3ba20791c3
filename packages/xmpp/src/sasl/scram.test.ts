// SCRAM: the exchanges printed in the RFCs, and the laws that both halves keep together.
import type { HashName } from '@parlance/base/crypto';
import { scramKeys } from '@parlance/base/scram-keys';
import { clientCrypto as crypto } from '@parlance/xmpp-client/crypto';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { SaslError } from './failure.ts';
import { preparePassword } from './prepare.ts';
import { ScramClient } from './scram-client.ts';
import type { BindingFlag } from './scram-messages.ts';
import { ScramServer } from './scram-server.ts';
import type { ServerStep, Verifier } from './server.ts';

const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);
const text = (data: Uint8Array | undefined): string => new TextDecoder().decode(data);

const verifier = async (hash: HashName, password: string, salt: Uint8Array, rounds: number): Promise<Verifier> => ({
  ...(await scramKeys(crypto, hash, preparePassword(password) ?? bytes(''), salt, rounds)),
  known: true,
  hash,
  salt,
  rounds,
});

interface Exchange {
  readonly hash: HashName;
  readonly user: string;
  readonly nonce: string;
  readonly serverNonce: string;
  readonly salt: string;
  readonly messages: readonly [string, string, string, string];
}

/** RFC 5802 §5, RFC 7677 §3, RFC 6120 §9.1.2. */
const exchanges: readonly Exchange[] = [
  {
    hash: 'SHA-1',
    user: 'user',
    nonce: 'fyko+d2lbbFgONRv9qkxdawL',
    serverNonce: '3rfcNHYJY1ZVvWVs7j',
    salt: 'QSXCR+Q6sek8bf92',
    messages: [
      'n,,n=user,r=fyko+d2lbbFgONRv9qkxdawL',
      'r=fyko+d2lbbFgONRv9qkxdawL3rfcNHYJY1ZVvWVs7j,s=QSXCR+Q6sek8bf92,i=4096',
      'c=biws,r=fyko+d2lbbFgONRv9qkxdawL3rfcNHYJY1ZVvWVs7j,p=v0X8v3Bz2T0CJGbJQyF0X+HI4Ts=',
      'v=rmF9pqV8S7suAoZWja4dJRkFsKQ=',
    ],
  },
  {
    hash: 'SHA-256',
    user: 'user',
    nonce: 'rOprNGfwEbeRWgbNEkqO',
    serverNonce: '%hvYDpWUa2RaTCAfuxFIlj)hNlF$k0',
    salt: 'W22ZaJ0SNY7soEsUEjb6gQ==',
    messages: [
      'n,,n=user,r=rOprNGfwEbeRWgbNEkqO',
      'r=rOprNGfwEbeRWgbNEkqO%hvYDpWUa2RaTCAfuxFIlj)hNlF$k0,s=W22ZaJ0SNY7soEsUEjb6gQ==,i=4096',
      'c=biws,r=rOprNGfwEbeRWgbNEkqO%hvYDpWUa2RaTCAfuxFIlj)hNlF$k0,p=dHzbZapWIk4jUhN+Ute9ytag9zjfMHgsqmmiz7AndVQ=',
      'v=6rriTRBi23WpRR/wtup+mMhUZUn/dB5nLTJRsjl95G4=',
    ],
  },
];

describe.each(exchanges)('the printed exchange of $hash', ({ hash, user, nonce, serverNonce, salt, messages }) => {
  const password = 'pencil';
  const [first, challenge, final, outcome] = messages;

  test('is what the server says', async () => {
    const known = await verifier(hash, password, new Uint8Array(Buffer.from(salt, 'base64')), 4096);
    const parts = { crypto, hash, plus: false, bindings: new Map(), nonce: serverNonce };
    const server = new ScramServer({ ...parts, verifier: () => Promise.resolve(known) });
    expect(await server.respond(bytes(first))).toEqual({ step: 'challenge', data: bytes(challenge) });
    expect(await server.respond(bytes(final))).toEqual({
      step: 'success',
      data: bytes(outcome),
      identity: { user, authzid: '' },
    });
  });

  test('is what the client says', async () => {
    const client = new ScramClient({ crypto, name: '', hash, user, password, nonce, flag: 'n', binding: undefined });
    expect(text(client.initial())).toBe(first);
    expect(text(await client.respond(bytes(challenge)))).toBe(final);
    expect(() => client.succeed(bytes(outcome))).not.toThrow();
  });

  test('is said as well with the keys that were kept of it, and with them at no other salt', async () => {
    const parts = { crypto, name: '', hash, user, nonce, flag: 'n', binding: undefined } as const;
    const before = new ScramClient({ ...parts, password });
    before.initial();
    await before.respond(bytes(challenge));
    expect(before.proven).toBeUndefined();
    before.succeed(bytes(outcome));
    const { proven } = before;
    if (proven === undefined) throw new Error('nothing to keep');
    const again = new ScramClient({ ...parts, password: proven });
    again.initial();
    expect(text(await again.respond(bytes(challenge)))).toBe(final);
    again.succeed(bytes(outcome));
    expect(again.proven).toEqual(proven);
    const changes = [
      [`s=${salt}`, 's=AAAA'],
      [`s=${salt}`, `s=${salt.replace(/^../, 'ZZ')}`],
      ['i=4096', 'i=4097'],
    ] as const;
    for (const [from, to] of changes) {
      const elsewhere = new ScramClient({ ...parts, password: proven });
      elsewhere.initial();
      const asked = elsewhere.respond(bytes(challenge.replace(from, to)));
      await expect(asked).rejects.toMatchObject({ refusal: 'password-needed' });
    }
  });
});

test('the exchange of RFC 6120 §9.1.2, whose password is r0m30myr0m30', async () => {
  const both = 'oMsTAAwAAAAMAAAANP0TAAAAAABPU0AAe124695b-69a9-4de6-9c30-b51b3808c59e';
  const salt = 'NjhkYTM0MDgtNGY0Zi00NjdmLTkxMmUtNDlmNTNmNDNkMDMz';
  const client = new ScramClient({
    crypto,
    name: 'SCRAM-SHA-1',
    hash: 'SHA-1',
    user: 'juliet',
    password: 'r0m30myr0m30',
    nonce: both.slice(0, 32),
    flag: 'n',
    binding: undefined,
  });
  expect(Buffer.from(client.initial()).toString('base64')).toBe(
    'biwsbj1qdWxpZXQscj1vTXNUQUF3QUFBQU1BQUFBTlAwVEFBQUFBQUJQVTBBQQ==',
  );
  const final = await client.respond(bytes(`r=${both},s=${salt},i=4096`));
  expect(text(final)).toBe(`c=biws,r=${both},p=UA57tM/SvpATBkH2FXs0WDXvJYw=`);
  client.succeed(bytes('v=pNNDFVEQxuXxCoSEiW8GEZ+1RSo='));
});

interface Case {
  readonly hash: HashName;
  readonly user: string;
  readonly password: string;
  readonly plus: boolean;
  readonly flag: BindingFlag;
  readonly data: Uint8Array;
}

interface Halves {
  readonly client: ScramClient;
  readonly server: ScramServer;
}

const halves = (one: Case, known: Verifier): Halves => {
  const bindings = new Map(one.plus ? [['tls-exporter', one.data]] : []);
  const { hash, user, password, plus, flag } = one;
  return {
    client: new ScramClient({ crypto, name: '', hash, user, password, nonce: 'client', flag, binding: one.data }),
    server: new ScramServer({ crypto, hash, plus, bindings, nonce: 'server', verifier: () => Promise.resolve(known) }),
  };
};

const cases: fc.Arbitrary<Case> = fc
  .record({
    hash: fc.constantFrom<HashName>('SHA-1', 'SHA-256'),
    user: fc.string({ minLength: 1 }),
    password: fc.oneof(
      fc.string({ minLength: 1 }),
      fc.constantFrom('I\u00ADX', '\u00AA', '\u2168', 'p\u00E4ss,=\u4E2D'),
    ),
    plus: fc.boolean(),
    data: fc.uint8Array({ minLength: 1, maxLength: 40 }),
  })
  .map((one) => ({ ...one, flag: one.plus ? { type: 'tls-exporter' } : 'n' }));

/** Plays the exchange, giving each message in flight to `change` first; the outcome of each half. */
const play = async (
  { client, server }: Halves,
  change: (message: Uint8Array, index: number) => Uint8Array,
): Promise<{ server: ServerStep; client: boolean }> => {
  const challenge = await server.respond(change(client.initial(), 0));
  if (challenge.step !== 'challenge') return { server: challenge, client: false };
  try {
    const outcome = await server.respond(change(await client.respond(change(challenge.data, 1)), 2));
    if (outcome.step !== 'success') return { server: outcome, client: false };
    client.succeed(change(outcome.data ?? bytes(''), 3));
    return { server: outcome, client: true };
  } catch (error) {
    expect(error).toBeInstanceOf(SaslError);
    return { server: { step: 'failure', condition: 'aborted' }, client: false };
  }
};

describe('laws', () => {
  const salt = bytes('salt and pepper');

  test('both halves agree, for every name, password and channel', async () => {
    await fc.assert(
      fc.asyncProperty(cases, async (one) => {
        const known = await verifier(one.hash, one.password, salt, 4096);
        const { server, client } = await play(halves(one, known), (message) => message);
        expect(server).toMatchObject({ step: 'success', identity: { user: one.user, authzid: '' } });
        expect(client).toBe(true);
      }),
      { numRuns: fc.readConfigureGlobal().numRuns ?? 50 },
    );
  });

  test('whatever byte is changed on the way, they do not both succeed', async () => {
    const known = {
      'SHA-1': await verifier('SHA-1', 'pencil', salt, 4096),
      'SHA-256': await verifier('SHA-256', 'pencil', salt, 4096),
    };
    await fc.assert(
      fc.asyncProperty(cases, fc.nat(3), fc.nat(), fc.integer({ min: 1, max: 255 }), async (one, at, place, flip) => {
        const hash = one.hash === 'SHA-1' ? 'SHA-1' : 'SHA-256';
        const tamper = (message: Uint8Array, index: number): Uint8Array =>
          index === at ? message.map((byte, n) => (n === place % message.length ? byte ^ flip : byte)) : message;
        const { client } = await play(halves({ ...one, user: 'user', password: 'pencil' }, known[hash]), tamper);
        expect(client).toBe(false);
      }),
      { numRuns: fc.readConfigureGlobal().numRuns ?? 300 },
    );
  });

  test('another password, another channel, or an unknown user fails', async () => {
    const one: Case = {
      hash: 'SHA-256',
      user: 'u',
      password: 'pencil',
      plus: true,
      flag: { type: 'tls-exporter' },
      data: bytes('a'),
    };
    const known = await verifier('SHA-256', 'pencil', salt, 4096);
    const wrong = { step: 'failure', condition: 'not-authorized' };
    const same = (message: Uint8Array): Uint8Array => message;
    expect((await play(halves({ ...one, password: 'pen' }, known), same)).server).toEqual(wrong);
    expect((await play(halves(one, { ...known, known: false }), same)).server).toEqual(wrong);
    const { client } = halves(one, known);
    const { server } = halves({ ...one, data: bytes('b') }, known);
    expect((await play({ client, server }, same)).server).toEqual(wrong);
  });
});

describe('the server refuses', () => {
  const parts = {
    crypto,
    hash: 'SHA-1',
    nonce: 'server',
    verifier: () => verifier('SHA-1', 'pencil', bytes('salt'), 4096),
  } as const;
  const none = new Map<string, Uint8Array>();
  const some = new Map([['tls-exporter', bytes('x')]]);

  test.each([
    ['y while it offers -PLUS', false, some, 'y,,n=u,r=c', 'malformed-request'],
    ['a binding without -PLUS', false, some, 'p=tls-exporter,,n=u,r=c', 'malformed-request'],
    ['-PLUS without a binding', true, some, 'n,,n=u,r=c', 'not-authorized'],
    ['a type that it does not have', true, some, 'p=tls-unique,,n=u,r=c', 'malformed-request'],
    ['a mandatory extension', false, none, 'n,,m=x,n=u,r=c', 'malformed-request'],
    ['an escape that is none', false, none, 'n,,n=a=2Db,r=c', 'malformed-request'],
    ['no name', false, none, 'n,,n=,r=c', 'malformed-request'],
    ['no nonce', false, none, 'n,,n=u,r=', 'malformed-request'],
    ['no header', false, none, 'n=u,r=c', 'malformed-request'],
    ['another flag', false, none, 'x,,n=u,r=c', 'malformed-request'],
    ['nothing', false, none, '', 'malformed-request'],
    ['NUL', false, none, 'n,,n=u\0,r=c', 'malformed-request'],
  ])('%s', async (_, plus, bindings, message, condition) => {
    const server = new ScramServer({ ...parts, plus, bindings });
    expect(await server.respond(bytes(message))).toEqual({ step: 'failure', condition });
  });

  test('what is not UTF-8', async () => {
    const server = new ScramServer({ ...parts, plus: false, bindings: none });
    const message = Uint8Array.from([...bytes('n,,n=u'), 0xff, ...bytes(',r=c')]);
    expect(await server.respond(message)).toEqual({ step: 'failure', condition: 'malformed-request' });
  });

  test.each(['y,,n=u,r=c,x=1', 'n,a=me=2C=3D@a.example,n=u,r=c'])('but not %s', async (message) => {
    const server = new ScramServer({ ...parts, plus: false, bindings: none });
    expect(await server.respond(bytes(message))).toMatchObject({ step: 'challenge' });
  });

  test.each([
    ['another nonce', 'c=biws,r=other,p=AAAA', 'not-authorized'],
    ['a longer nonce', 'c=biws,r=cserverx,p=AAAA', 'not-authorized'],
    ['another header', 'c=eSws,r=cserver,p=AAAA', 'not-authorized'],
    ['a short proof', 'c=biws,r=cserver,p=AAAA', 'not-authorized'],
    ['no proof', 'c=biws,r=cserver', 'malformed-request'],
    ['loose base 64', 'c=biws,r=cserver,p=AAAB=', 'malformed-request'],
  ])('%s in the second message', async (_, message, condition) => {
    const server = new ScramServer({ ...parts, plus: false, bindings: none });
    await server.respond(bytes('n,,n=u,r=c'));
    expect(await server.respond(bytes(message))).toEqual({ step: 'failure', condition });
  });
});

describe('the client refuses (checklist 17)', () => {
  const parts = { crypto, name: '', hash: 'SHA-1', user: 'u', nonce: 'c', flag: 'n', binding: undefined } as const;

  test.each([
    ['r=cs,s=AAAA,i=4095', 'too-few-rounds'],
    ['r=cs,s=AAAA,i=1000001', 'too-many-rounds'],
    ['r=cs,s=AAAA,i=2147483648', 'too-many-rounds'],
    ['r=xs,s=AAAA,i=4096', 'wrong-nonce'],
    ['r=c,s=AAAA,i=4096', 'wrong-nonce'],
    ['r=cs,s=AAAA,i=-1', 'malformed'],
    ['r=cs,s=,i=4096', 'malformed'],
    ['m=x,r=cs,s=AAAA,i=4096', 'malformed'],
    ['', 'malformed'],
  ])('%s: %s', async (challenge, refusal) => {
    const client = new ScramClient({ ...parts, password: 'pencil' });
    client.initial();
    await expect(client.respond(bytes(challenge))).rejects.toMatchObject({ refusal });
  });

  test.each([undefined, 'v=AAAA', 'e=other-error', 'v=', ''])('a success that proves nothing: %j', async (data) => {
    const client = new ScramClient({ ...parts, password: 'pencil' });
    client.initial();
    await client.respond(bytes('r=cs,s=AAAA,i=4096'));
    expect(() => client.succeed(data === undefined ? undefined : bytes(data))).toThrow(SaslError);
  });

  test('a success before any challenge', () => {
    const client = new ScramClient({ ...parts, password: 'pencil' });
    client.initial();
    expect(() => client.succeed(undefined)).toThrow(SaslError);
    expect(() => client.succeed(bytes('v='))).toThrow(SaslError);
  });

  test('a name or password that cannot be prepared', async () => {
    expect(() => new ScramClient({ ...parts, user: '\u0007', password: 'p' }).initial()).toThrow(SaslError);
    const client = new ScramClient({ ...parts, password: '\u0007' });
    client.initial();
    await expect(client.respond(bytes('r=cs,s=AAAA,i=4096'))).rejects.toMatchObject({ refusal: 'unusable-password' });
  });

  test('but takes the last message also as a challenge', async () => {
    const known = await verifier('SHA-1', 'pencil', bytes('salt'), 4096);
    const one: Case = { hash: 'SHA-1', user: 'u', password: 'pencil', plus: false, flag: 'n', data: bytes('') };
    const { client, server } = halves(one, known);
    const challenge = await server.respond(client.initial());
    const final = await client.respond(challenge.step === 'challenge' ? challenge.data : bytes(''));
    const outcome = await server.respond(final);
    const data = outcome.step === 'success' ? outcome.data : undefined;
    expect(await client.respond(data ?? bytes(''))).toEqual(bytes(''));
    expect(() => client.succeed(undefined)).not.toThrow();
  });
});
