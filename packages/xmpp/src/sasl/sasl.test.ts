// PLAIN, ANONYMOUS, the preparation of passwords, who may act as whom, and what a client chooses.
import { scramKeys } from '@parlance/base/scram-keys';
import { clientCrypto as crypto } from '@parlance/xmpp-client/crypto';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { mayActAs } from './authzid.ts';
import { type ClientMeans, chooseMechanism } from './choose.ts';
import { SaslError, saslCondition } from './failure.ts';
import { anonymousServer, passwordFits, plainServer } from './plain.ts';
import { anonymousClient, plainClient } from './plain-client.ts';
import { preparePassword, saslPrepare } from './prepare.ts';

const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);
const text = (data: Uint8Array): string => new TextDecoder().decode(data);

describe('PLAIN (RFC 4616)', () => {
  const server = plainServer((user, password) =>
    Promise.resolve(user === 'tim' && text(password) === 'tanstaaftanstaaf'),
  );

  test.each([
    ['\0tim\0tanstaaftanstaaf', { user: 'tim', authzid: '' }],
    ['Ursel\0tim\0tanstaaftanstaaf', { user: 'tim', authzid: 'Ursel' }],
  ])('%j succeeds', async (message, identity) => {
    expect(await server.respond(bytes(message))).toEqual({ step: 'success', data: undefined, identity });
  });

  test.each([
    ['\0tim\0wrong', 'not-authorized'],
    ['\0tim\0\u0007', 'not-authorized'],
    ['\0tim\0', 'malformed-request'],
    ['\0\0secret', 'malformed-request'],
    ['tim\0secret', 'malformed-request'],
    ['', 'malformed-request'],
    ['\0tim\0tanstaaftanstaaf\0', 'malformed-request'],
  ])('%j fails', async (message, condition) => {
    expect(await server.respond(bytes(message))).toEqual({ step: 'failure', condition });
  });

  test('no room to check is a temporary failure', async () => {
    const busy = plainServer(() => Promise.resolve(undefined));
    expect(await busy.respond(bytes('\0tim\0x'))).toEqual({ step: 'failure', condition: 'temporary-auth-failure' });
  });

  test('the client sends what RFC 4616 §4 prints', () => {
    expect(text(plainClient('tim', 'tanstaaftanstaaf').initial())).toBe('\0tim\0tanstaaftanstaaf');
    expect(() => plainClient('tim', 'a\0b').initial()).toThrow(SaslError);
    expect(() => plainClient('a\0b', 'secret').initial()).toThrow(SaslError);
  });

  test('a password is checked against a SCRAM verifier', async () => {
    const [salt, rounds, hash] = [bytes('salt'), 4096, 'SHA-256'] as const;
    const keys = await scramKeys(crypto, hash, bytes('pencil'), salt, rounds);
    const verifier = { ...keys, hash, salt, rounds, known: true };
    expect(await passwordFits(crypto, verifier, bytes('pencil'))).toBe(true);
    expect(await passwordFits(crypto, verifier, bytes('pencils'))).toBe(false);
    expect(await passwordFits(crypto, { ...verifier, known: false }, bytes('pencil'))).toBe(false);
  });
});

describe('ANONYMOUS (RFC 4505)', () => {
  test('a trace of 255 characters, and no more', async () => {
    const success = { step: 'success', data: undefined, identity: { user: '', authzid: '' } };
    expect(await anonymousServer.respond(anonymousClient.initial())).toEqual(success);
    expect(await anonymousServer.respond(bytes('\u4E2D'.repeat(255)))).toEqual(success);
    expect(await anonymousServer.respond(bytes('a'.repeat(256)))).toMatchObject({ condition: 'malformed-request' });
    expect(await anonymousServer.respond(Uint8Array.from([0xc0]))).toMatchObject({ condition: 'malformed-request' });
  });
});

describe('SASLprep (RFC 4013 §3)', () => {
  test.each([
    ['I\u00ADX', 'IX'],
    ['user', 'user'],
    ['USER', 'USER'],
    ['\u00AA', 'a'],
    ['\u2168', 'IX'],
    ['\u0007', undefined],
    ['\u0627\u0031', undefined],
    ['', undefined],
    ['\u00AD', undefined],
    ['a\u3000b', 'a b'],
    ['\u{1F600}', '\u{1F600}'],
    ['a'.repeat(1025), undefined],
  ])('%j becomes %j', (given, prepared) => {
    expect(saslPrepare(given)).toBe(prepared);
    expect(preparePassword(given)).toEqual(prepared === undefined ? undefined : bytes(prepared));
  });

  test('never throws, whatever it is given', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (given) => {
        const prepared = saslPrepare(given);
        expect(prepared === undefined || prepared.length > 0).toBe(true);
      }),
    );
  });
});

describe('who may act as whom (checklist 12)', () => {
  const account = 'juliet@capulet.example';
  test.each([
    ['', true],
    [account, true],
    ['JULIET@Capulet.example', true],
    ['\uFF4Auliet@capulet.example', true],
    ['romeo@capulet.example', false],
    ['juliet@montague.example', false],
    ['admin@capulet.example', false],
    ['juliet', false],
    ['capulet.example', false],
    ['juliet@capulet.example/balcony', false],
    ['juliet@capulet.example/', false],
    ['@capulet.example', false],
    ['juliet\0@capulet.example', false],
    [' juliet@capulet.example', false],
  ])('%j: %s', (authzid, may) => {
    expect(mayActAs(authzid, account)).toBe(may);
  });
});

describe('what a client chooses', () => {
  const all = ['SCRAM-SHA-256-PLUS', 'SCRAM-SHA-1-PLUS', 'SCRAM-SHA-256', 'SCRAM-SHA-1', 'PLAIN'];
  const bound = all.slice(0, 2);
  const exporter = new Map([['tls-exporter', bytes('x')]]);
  const both = new Map([
    ['tls-exporter', bytes('x')],
    ['tls-server-end-point', bytes('y')],
  ]);
  const none = new Map<string, Uint8Array>();
  const means: ClientMeans = {
    crypto,
    nonce: () => 'n0nce',
    user: 'u',
    password: 'p',
    bindings: none,
    plaintext: false,
  };
  const everything = ['tls-server-end-point', 'tls-exporter'];

  test.each([
    ['the strongest, bound by the exporter', all, everything, both, 'SCRAM-SHA-256-PLUS p=tls-exporter,,'],
    [
      'bound by the end point when nothing is announced',
      all,
      undefined,
      both,
      'SCRAM-SHA-256-PLUS p=tls-server-end-point,,',
    ],
    ['unbound when the platform tells nothing', all, everything, none, 'SCRAM-SHA-256 n,,'],
    ['y when the server seems not to bind', ['SCRAM-SHA-1', 'PLAIN'], undefined, both, 'SCRAM-SHA-1 y,,'],
    ['unbound when the types honestly differ', all, ['tls-server-end-point'], exporter, 'SCRAM-SHA-256 n,,'],
  ])('%s', (_, mechanisms, bindingTypes, bindings, expected) => {
    const choice = chooseMechanism({ mechanisms, bindingTypes }, { ...means, bindings });
    if (typeof choice === 'string') throw new Error(choice);
    expect(`${choice.name} ${text(choice.initial())}`).toBe(`${expected}n=u,r=n0nce`);
  });

  test.each([
    ['types without -PLUS', ['SCRAM-SHA-1'], everything, both],
    ['only types that nobody has', all, ['tls-foo'], both],
  ])('%s: somebody changed the offer', (_, mechanisms, bindingTypes, bindings) => {
    expect(chooseMechanism({ mechanisms, bindingTypes }, { ...means, bindings })).toBe('downgraded');
  });

  test('PLAIN only where it may', () => {
    const offer = { mechanisms: ['PLAIN', 'X-OTHER'], bindingTypes: undefined };
    expect(chooseMechanism(offer, means)).toBe('none-usable');
    expect(chooseMechanism(offer, { ...means, plaintext: true })).toMatchObject({ name: 'PLAIN' });
    expect(chooseMechanism({ mechanisms: bound, bindingTypes: undefined }, means)).toBe('none-usable');
  });

  test('kept keys: their own hash, and never in the clear', () => {
    const empty = new Uint8Array(0);
    const password = { hash: 'SHA-1', salt: empty, rounds: 4096, clientKey: empty, serverKey: empty } as const;
    const kept: ClientMeans = { ...means, password, plaintext: true };
    const offer = (...mechanisms: readonly string[]) => ({ mechanisms, bindingTypes: undefined });
    expect(chooseMechanism(offer('SCRAM-SHA-256', 'SCRAM-SHA-1'), kept)).toMatchObject({ name: 'SCRAM-SHA-1' });
    expect(chooseMechanism(offer('SCRAM-SHA-256', 'PLAIN'), kept)).toBe('none-usable');
  });

  test('nobody is anonymous by chance', () => {
    const offer = { mechanisms: ['ANONYMOUS', 'PLAIN'], bindingTypes: undefined };
    expect(chooseMechanism(offer, { ...means, user: '' })).toBe(anonymousClient);
    expect(chooseMechanism(offer, means)).toBe('none-usable');
    expect(chooseMechanism({ ...offer, mechanisms: ['PLAIN'] }, { ...means, user: '' })).toBe('none-usable');
  });
});

test('unknown conditions mean not-authorized (RFC 6120 §6.5)', () => {
  expect(saslCondition('account-disabled')).toBe('account-disabled');
  expect(saslCondition('toString')).toBe('not-authorized');
});
