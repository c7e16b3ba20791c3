// Signing in over real streams, the real store and the client's own half of SASL (RFC 6120 §6, SECURITY-CHECKLIST 12, 14, 16, 17).
import type { Address } from '@parlance/core/ids';
import { type EmbeddedStorage, openEmbedded } from '@parlance/testkit/embedded-storage';
import { FakeClock } from '@parlance/testkit/fake-clock';
import { el } from '@parlance/xml/element';
import { namespaces } from '@parlance/xmpp/namespaces';
import { type ClientMeans, chooseMechanism } from '@parlance/xmpp/sasl/choose';
import { clientCrypto } from '@parlance/xmpp-client/crypto';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { AnonymousAccounts } from '../auth/anonymous-accounts.ts';
import type { ChannelBindings } from '../connection.ts';
import type { MemoryTraits } from '../testing/memory-connection.ts';
import { bindingTypesIn, mechanismsIn, type SignInClient, SignInStage } from '../testing/sign-in-stage.ts';

const ns = namespaces.sasl;
const domain = 'capulet.example';
const juliet = `juliet@${domain}`;
const b64 = (text: string): string => Buffer.from(text).toString('base64');
const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);

let storage: EmbeddedStorage;
let clock: FakeClock;
let stage: SignInStage;

const newStage = (): SignInStage => {
  clock = new FakeClock();
  return new SignInStage({ ...storage, clock, crypto: clientCrypto });
};

beforeAll(async () => {
  storage = await openEmbedded();
  const house = newStage();
  for (const [address, password] of [
    [juliet, 'r0m30'],
    [`romeo@${domain}`, 'other'],
    ['juliet@montague.example', 'third'],
  ] as const) {
    await storage.account(address);
    await house.setPassword(address, password);
  }
});

afterAll(() => storage.close());

beforeEach(() => {
  stage = newStage();
});

const client = (traits?: Partial<MemoryTraits>, to?: string): SignInClient => stage.client(traits, to);

const dataIn = (answer: string, name: string): Uint8Array => {
  const found = new RegExp(`^<${name} xmlns='${ns}'>([^<]*)</${name}>`).exec(answer)?.[1];
  if (found === undefined) throw new Error(answer);
  return new Uint8Array(Buffer.from(found, 'base64'));
};

const failure = (condition: string): RegExp => new RegExp(`^<failure xmlns='${ns}'><${condition}/></failure>`);

const means: ClientMeans = {
  crypto: clientCrypto,
  nonce: () => 'fyko+d2lbbFgONRv9qkxdawL',
  user: 'juliet',
  password: 'r0m30',
  bindings: new Map(),
  plaintext: true,
};

/** The whole exchange as a real client has it; the last answer. */
const signInAs = async (one: SignInClient, changes: Partial<ClientMeans>, only?: string): Promise<string> => {
  const features = one.features();
  const mechanisms = only === undefined ? mechanismsIn(features) : [only];
  const choice = chooseMechanism({ mechanisms, bindingTypes: bindingTypesIn(features) }, { ...means, ...changes });
  if (typeof choice === 'string') return choice;
  let answer = await one.auth(choice.name, Buffer.from(choice.initial()).toString('base64'));
  if (answer.startsWith('<challenge')) {
    const final = await choice.respond(dataIn(answer, 'challenge'));
    answer = await one.respond(Buffer.from(final).toString('base64'));
  }
  if (answer.startsWith('<success')) choice.succeed(answer.includes('/>') ? undefined : dataIn(answer, 'success'));
  return answer;
};

const bound: ChannelBindings = { tlsServerEndPoint: bytes('end point'), tlsExporter: bytes('exported') };
const clientBindings = new Map([
  ['tls-server-end-point', bytes('end point')],
  ['tls-exporter', bytes('exported')],
]);

describe('what is offered', () => {
  const offered = (traits?: Partial<MemoryTraits>, to?: string) => mechanismsIn(client(traits, to).features());

  test('nothing off a secure path, SCRAM neither, unless the domain allows it (ADR 0005)', () => {
    expect(offered({ securePath: false })).toEqual([]);
    expect(offered({ securePath: false }, 'plain.example')).toEqual(['SCRAM-SHA-256', 'SCRAM-SHA-1', 'PLAIN']);
  });

  test('-PLUS and its types where the channel can be bound (XEP-0440 §2)', () => {
    const features = client({ bindings: bound }).features();
    expect(mechanismsIn(features)).toEqual([
      'SCRAM-SHA-256-PLUS',
      'SCRAM-SHA-1-PLUS',
      'SCRAM-SHA-256',
      'SCRAM-SHA-1',
      'PLAIN',
    ]);
    expect(bindingTypesIn(features)).toEqual(['tls-server-end-point', 'tls-exporter']);
    expect(bindingTypesIn(client().features())).toBeUndefined();
  });

  test('ANONYMOUS on its domains only', () => {
    expect(offered()).not.toContain('ANONYMOUS');
    expect(offered({}, 'guests.example')).toContain('ANONYMOUS');
  });
});

describe('success', () => {
  test.each(['SCRAM-SHA-256', 'SCRAM-SHA-1', 'PLAIN'])('%s, then a new stream without SASL', async (mechanism) => {
    const one = client();
    expect(await signInAs(one, {}, mechanism)).toMatch(/^<success /);
    expect(one.stream.account?.address).toBe(juliet);
    one.open();
    const features = one.features();
    expect(mechanismsIn(features)).toEqual([]);
    expect(features.child('bind', namespaces.bind)).toBeDefined();
    expect(await one.auth('PLAIN', '=')).toContain('<policy-violation');
  });

  test.each([
    ['SCRAM-SHA-256-PLUS', clientBindings],
    ['SCRAM-SHA-1-PLUS', new Map([['tls-server-end-point', bytes('end point')]])],
  ])('%s over the channel that both see', async (mechanism, bindings) => {
    expect(await signInAs(client({ bindings: bound }), { bindings }, mechanism)).toMatch(/^<success /);
  });

  test('the name in any spelling of the same address', async () => {
    expect(await signInAs(client(), { user: 'JULIET' })).toMatch(/^<success /);
    expect(await signInAs(client(), { user: '\uFF4Auliet' }, 'PLAIN')).toMatch(/^<success /);
  });

  test('a password in clear is learned for phones, where they have none and it was right', async () => {
    for (const [mechanism, password] of [
      ['SCRAM-SHA-256', 'r0m30'],
      ['PLAIN', 'wrong'],
      ['PLAIN', 'r0m30'],
    ] as const)
      await signInAs(client(), { password }, mechanism);
    expect(stage.learned).toEqual([[juliet, 'r0m30']]);
    const { committer, stores } = storage;
    const [account] = await stores.accounts.load([juliet as Address]);
    const row = { kind: 'sip-ha1', device: '', parameters: '{}', version: 1 };
    if (account !== undefined) await committer.commit([stores.credentials.put(account.id, row)]);
    expect(await signInAs(client(), {}, 'PLAIN')).toMatch(/^<success /);
    expect(stage.learned).toHaveLength(1);
    if (account !== undefined) await committer.commit([stores.credentials.remove(account.id, row.kind, '')]);
  });

  test('without an initial response, which is then asked for', async () => {
    const one = client();
    expect(await one.auth('PLAIN')).toBe(`<challenge xmlns='${ns}'/>`);
    expect(await one.respond(b64('\0juliet\0r0m30'))).toBe(`<success xmlns='${ns}'/>`);
  });

  test('another try discards the first (RFC 6120 §6.4.2)', async () => {
    const one = client();
    expect(await one.auth('SCRAM-SHA-1', b64('n,,n=juliet,r=abc'))).toMatch(/^<challenge/);
    expect(await one.auth('PLAIN', b64('\0juliet\0r0m30'))).toMatch(/^<success/);
  });
});

describe('somebody between', () => {
  test('who took -PLUS from the list is noticed by the server (checklist 14)', async () => {
    const one = client({ bindings: bound });
    expect(await one.auth('SCRAM-SHA-256', b64('y,,n=juliet,r=abc'))).toMatch(failure('malformed-request'));
  });

  test('whose channel is another one is noticed, too', async () => {
    const one = client({ bindings: bound });
    const bindings = new Map([['tls-exporter', bytes('of another connection')]]);
    expect(await signInAs(one, { bindings }, 'SCRAM-SHA-256-PLUS')).toMatch(failure('not-authorized'));
  });
});

describe('authzid, for every mechanism (checklist 12)', () => {
  const plain = (authzid: string) => client().auth('PLAIN', b64(`${authzid}\0juliet\0r0m30`));
  const scram = async (authzid: string): Promise<string> => {
    const one = client();
    const header = `n,a=${authzid},`;
    const challenge = await one.auth('SCRAM-SHA-256', b64(`${header}n=juliet,r=abc`));
    const text = Buffer.from(dataIn(challenge, 'challenge')).toString();
    const [, nonce = '', salt = '', rounds = ''] = /^r=(.*),s=(.*),i=(.*)$/.exec(text) ?? [];
    const salted = await clientCrypto.pbkdf2('SHA-256', bytes('r0m30'), Buffer.from(salt, 'base64'), Number(rounds));
    const clientKey = clientCrypto.hmac('SHA-256', salted, bytes('Client Key'));
    const final = `c=${b64(header)},r=${nonce}`;
    const message = bytes(`n=juliet,r=abc,${text},${final}`);
    const signature = clientCrypto.hmac('SHA-256', clientCrypto.digest('SHA-256', clientKey), message);
    const proof = Buffer.from(clientKey.map((byte, index) => byte ^ (signature[index] ?? 0))).toString('base64');
    return one.respond(b64(`${final},p=${proof}`));
  };

  test.each([
    [juliet, 'success'],
    ['Juliet@CAPULET.example', 'success'],
    [`romeo@${domain}`, 'invalid-authzid'],
    ['juliet@montague.example', 'invalid-authzid'],
    [`admin@${domain}`, 'invalid-authzid'],
    [domain, 'invalid-authzid'],
    ['juliet', 'invalid-authzid'],
    [`${juliet}/balcony`, 'invalid-authzid'],
  ])('%s: %s', async (authzid, outcome) => {
    const expected = outcome === 'success' ? /^<success / : failure(outcome);
    expect(await plain(authzid)).toMatch(expected);
    expect(await scram(authzid)).toMatch(expected);
  });
});

describe('failure', () => {
  test.each([
    ['a wrong password', { password: 'r0m3o' }],
    ['nobody', { user: 'nobody' }],
    ['a name that cannot be one', { user: 'no body' }],
    ["another domain's password", { password: 'third' }],
  ])('%s: not-authorized, whatever the mechanism', async (_, changes) => {
    for (const mechanism of ['SCRAM-SHA-256', 'SCRAM-SHA-1', 'PLAIN'])
      expect(await signInAs(client(), changes, mechanism)).toMatch(failure('not-authorized'));
  });

  test.each([
    ['an unknown mechanism', 'DIGEST-MD5', '=', 'invalid-mechanism'],
    ['no mechanism', '', '=', 'invalid-mechanism'],
    ['-PLUS where nothing can be bound', 'SCRAM-SHA-1-PLUS', b64('p=tls-exporter,,n=juliet,r=a'), 'invalid-mechanism'],
    ['ANONYMOUS elsewhere', 'ANONYMOUS', '=', 'invalid-mechanism'],
    ['loose base 64', 'PLAIN', 'AGp1bGlldAByMG0zMA', 'incorrect-encoding'],
    ['white space in base 64', 'PLAIN', ` ${b64('\0juliet\0r0m30')}\n`, 'incorrect-encoding'],
    ['nonsense', 'PLAIN', b64('juliet'), 'malformed-request'],
    ['no data', 'SCRAM-SHA-1', '=', 'malformed-request'],
  ])('%s', async (_, mechanism, text, condition) => {
    expect(await client().auth(mechanism, text)).toMatch(failure(condition));
  });

  test('off a secure path nothing is tried', async () => {
    expect(await client({ securePath: false }).auth('PLAIN', b64('\0juliet\0r0m30'))).toMatch(
      failure('encryption-required'),
    );
  });

  test('abort, and a response to nothing (RFC 6120 §6.4.4)', async () => {
    const one = client();
    await one.auth('SCRAM-SHA-1', b64('n,,n=juliet,r=abc'));
    expect(await one.ask(el('abort', ns))).toMatch(failure('aborted'));
    expect(await one.respond('=')).toMatch(failure('malformed-request'));
  });

  test('a suspended account, but only to who knows its password', async () => {
    const loading = stage.context.accounts.load(juliet as Address);
    clock.turn();
    const account = await loading;
    if (account === null) throw new Error('no account');
    account.suspended = true;
    expect(await signInAs(client(), {})).toMatch(failure('account-disabled'));
    expect(await signInAs(client(), {}, 'PLAIN')).toMatch(failure('account-disabled'));
    expect(await signInAs(client(), { password: 'x' }, 'PLAIN')).toMatch(failure('not-authorized'));
    account.suspended = false;
  });

  test('the fifth on one stream closes it (RFC 6120 §6.4.5)', async () => {
    const one = client();
    for (let failures = 1; failures < 5; failures++) {
      expect(await one.auth('NONE')).toMatch(failure('invalid-mechanism'));
      expect(one.connection.ended).toBe(false);
    }
    expect(await one.auth('NONE')).toMatch(/<\/failure><stream:error><policy-violation .*<\/stream:stream>$/);
    expect(one.connection.ended).toBe(true);
  });
});

describe('names that nobody has (checklist 16)', () => {
  const challenge = async (user: string): Promise<string> => {
    const answer = await client().auth('SCRAM-SHA-256', b64(`n,,n=${user},r=abc`));
    return Buffer.from(dataIn(answer, 'challenge'))
      .toString()
      .replace(/^r=[^,]*/, 'r=');
  };

  test('get the same salt every time, after a restart, too, each another, of the shape that real ones have', async () => {
    const [one, again, other, real] = [
      await challenge('nobody'),
      await challenge('NOBODY'),
      await challenge('nemo'),
      await challenge('juliet'),
    ];
    expect(one).toBe(again);
    stage = newStage();
    expect(await challenge('nobody')).toBe(one);
    expect(one).not.toBe(other);
    const shape = (text: string): string => text.replace(/[A-Za-z0-9+/]{22}==/, 'salt');
    expect(shape(one)).toBe(shape(real));
    expect(shape(real)).toBe('r=,s=salt,i=10000');
  });
});

describe('guessing from one source', () => {
  const guess = (address: string): Promise<string> => client({ address }).auth('PLAIN', b64('\0nobody\0guess'));

  test('is locked out, longer each time; others and this machine are not', async () => {
    for (let tries = 0; tries < 20; tries++) expect(await guess('192.0.2.7')).toMatch(failure('not-authorized'));
    expect(await guess('192.0.2.7')).toMatch(failure('temporary-auth-failure'));
    expect(await guess('192.0.2.8')).toMatch(failure('not-authorized'));
    clock.advance(1_000);
    expect(await guess('192.0.2.7')).toMatch(failure('not-authorized'));
    clock.advance(1_000);
    expect(await guess('192.0.2.7')).toMatch(failure('temporary-auth-failure'));
    for (let tries = 0; tries < 25; tries++) expect(await guess('127.0.0.1')).toMatch(failure('not-authorized'));
  });

  test('is something else than a client whose bindings we do not have', async () => {
    const address = '192.0.2.9';
    for (let tries = 0; tries < 25; tries++) {
      const one = client({ bindings: bound, address });
      const answer = await one.auth('SCRAM-SHA-256-PLUS', b64('p=tls-unique,,n=juliet,r=abc'));
      expect(answer).toMatch(failure('malformed-request'));
    }
    expect(await client({ address }).auth('PLAIN', b64('\0juliet\0r0m30'))).toMatch(/^<success/);
  });
});

describe('ANONYMOUS (XEP-0175)', () => {
  const enter = async (): Promise<SignInClient> => {
    const guest = client({}, 'guests.example');
    expect(await guest.auth('ANONYMOUS')).toBe(`<success xmlns='${ns}'/>`);
    guest.open();
    return guest;
  };
  const request = el('iq', namespaces.client, { type: 'set', id: 'b' }, el('bind', namespaces.bind));

  test('gives everybody an account of his own, which goes with his last session', async () => {
    const [one, other] = [await enter(), await enter()];
    const address = one.stream.account?.address;
    expect(address).toMatch(/^[a-z0-9-]+@guests\.example$/);
    expect(other.stream.account?.address).not.toBe(address);
    expect(await one.ask(request)).toContain(`<jid>${address}/`);
    one.stream.closed();
    await stage.until(() => stage.removed.length > 0);
    expect(stage.removed).toEqual([address]);
    expect(await storage.stores.credentials.holders('anonymous')).toEqual([other.stream.account?.address]);
  });

  test('and goes also when nobody binds to it', async () => {
    const one = await enter();
    expect(stage.removed).toEqual([]);
    clock.advance(30_000);
    await stage.until(() => stage.removed.length > 0);
    expect(stage.removed).toEqual([one.stream.account?.address]);
  });

  test('what a crash left is removed at start', async () => {
    const one = await enter();
    const removed: string[] = [];
    const next = new AnonymousAccounts(stage.context, (address) => Promise.resolve(void removed.push(address)));
    await next.adopt();
    expect(removed).toContain(one.stream.account?.address);
  });
});
