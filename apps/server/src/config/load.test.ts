// The configuration file: defaults, replacement from the environment, and errors that name file, line and key.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import type { Configuration } from './configuration.ts';
import { loadConfiguration } from './load.ts';

const folder = mkdtempSync(join(tmpdir(), 'parlance-configuration-'));
const file = join(folder, 'parlance.yaml');

afterAll(() => rmSync(folder, { recursive: true }));

const load = (text: string, environment: Record<string, string> = {}): Configuration => {
  writeFileSync(file, text);
  return loadConfiguration({ config: undefined, data: undefined, environment, directory: folder });
};

const message = (text: string): string => {
  try {
    load(text);
  } catch (error) {
    return (error as Error).message.replace(`${file}:`, '');
  }
  return 'accepted';
};

test('no file at all is legal', () => {
  const elsewhere = mkdtempSync(join(tmpdir(), 'parlance-nothing-'));
  const found = loadConfiguration({ config: undefined, data: undefined, environment: {}, directory: elsewhere });
  expect(found.file).toBeUndefined();
  expect(found.data).toBe(join(elsewhere, 'data'));
  expect(found.domains).toEqual([
    { name: 'localhost', tls: undefined, plaintext: false, registration: 'closed', anonymous: false },
  ]);
  expect(found.listen.c2s).toEqual([
    { address: '127.0.0.1', port: 5222, optional: false },
    { address: '::1', port: 5222, optional: true },
  ]);
  rmSync(elsewhere, { recursive: true });
});

test('the empty file and empty sections mean the defaults', () => {
  expect(load('').limits.sessionsPerAccount).toBe(20);
  expect(load('http:\nlog:\n').log.level).toBe('info');
});

test('--config goes before PARLANCE_CONFIG; --data before the file', () => {
  load('language: zh\n');
  const other = join(folder, 'other.yaml');
  writeFileSync(other, 'language: en\ndata: here\n');
  const request = { environment: { PARLANCE_CONFIG: 'other.yaml' }, directory: folder };
  expect(loadConfiguration({ ...request, config: undefined, data: undefined }).data).toBe(join(folder, 'here'));
  expect(loadConfiguration({ ...request, config: 'parlance.yaml', data: '/there' })).toMatchObject({
    language: 'zh',
    data: '/there',
  });
});

test('domains are names or objects; what they do not say is the common setting', () => {
  const { domains } = load(`
domains: [Example.com, {name: b.example, tls: {cert: b.crt, key: b.key}, auth: {plaintext: false, registration: open}}]
tls: {cert: /etc/a.crt, key: /etc/a.key}
auth: {plaintext: true, anonymous: [example.com]}
`);
  expect(domains).toEqual([
    {
      name: 'example.com',
      tls: { cert: '/etc/a.crt', key: '/etc/a.key' },
      plaintext: true,
      registration: 'closed',
      anonymous: true,
    },
    {
      name: 'b.example',
      tls: { cert: join(folder, 'b.crt'), key: join(folder, 'b.key') },
      plaintext: false,
      registration: 'open',
      anonymous: false,
    },
  ]);
});

test('what archives keep: for all domains, for one of them, for ever; in bytes or without end', () => {
  expect(load('').retention).toEqual({ keepDays: { localhost: undefined }, archiveBytes: 1_073_741_824 });
  const { retention } = load(`
domains: [a.example, {name: b.example, archive: {keepDays: null}}, {name: c.example, archive: {keepDays: 0.5}}]
archive: {keepDays: 30}
limits: {archiveBytes: 0}
`);
  expect(retention).toEqual({
    keepDays: { 'a.example': 30, 'b.example': undefined, 'c.example': 0.5 },
    archiveBytes: undefined,
  });
  expect(message('archive: {keepDays: 0}')).toBe('1: archive.keepDays: Too small: expected number to be >0');
});

test('listen entries: port, 0, address and port, list, false', () => {
  const { listen } = load(`
address: "::"
listen: {c2s: 0, c2sTls: {address: 192.0.2.1, port: 443}, http: [8080, {address: "::1", port: 8081}], https: false, sipUdp: 5060, sipTcp: false, sipTls: false}
`);
  expect(listen).toEqual({
    c2s: [{ address: '::', port: 0, optional: false }],
    c2sTls: [{ address: '192.0.2.1', port: 443, optional: false }],
    http: [
      { address: '::', port: 8080, optional: false },
      { address: '::1', port: 8081, optional: false },
    ],
    https: [],
    sipUdp: [{ address: '::', port: 5060, optional: false }],
    sipTcp: [],
    sipTls: [],
  });
});

test('values come from the environment, as what they look like when unquoted', () => {
  const { listen, data } = load(`listen:\n  c2s: \${PORT}\ndata: "\${HOME}/\${PORT}"\n`, {
    PORT: '7000',
    HOME: '/home/me',
  });
  expect(listen.c2s[0]?.port).toBe(7000);
  expect(data).toBe('/home/me/7000');
  expect(load(`data: \${SLY}`, { SLY: 'x\nlog: {level: debug}' }).log.level).toBe('info');
  expect(message(`data: \${UNSET}`)).toBe(' the environment has no UNSET');
});

test.each([
  ['domain: [a.example]', '1: domain: unknown key; did you mean domains?'],
  ['\nlisten:\n  c2s: 1\n  c2stls: 2', '4: listen.c2stls: unknown key; did you mean c2sTls?'],
  ['domains: [{nam: a.example}]', '1: domains.0.nam: unknown key; did you mean name?'],
  ['listen: {c2s: 70000}', '1: listen.c2s: Too big: expected number to be <=65535'],
  [
    'listen: {c2s: {address: here, port: 1}}',
    '1: listen.c2s.address: an IP address is wanted, such as 127.0.0.1 or "::"',
  ],
  ['tls: {cert: a.crt}', '1: tls: cert and key belong together'],
  [
    'http: {trustedProxies: [10.0.0.0/33]}',
    '1: http.trustedProxies.0: an IP address or a network is wanted, such as 10.0.0.0/8',
  ],
  [
    'http: {origins: [https://a.example/x]}',
    '1: http.origins.0: an origin is wanted, such as https://chat.example, without a path; or "*"',
  ],
  ['limits: {stanzaBytes: 9999}', '1: limits.stanzaBytes: Too small: expected number to be >=10000'],
  ['auth: {anonymous: [x.example]}', '1: auth.anonymous: x.example is none of the domains'],
  ['domains: [a.example, A.example]', '1: domains: a domain is named twice'],
  ['listen: {msrp: 2856}', '1: listen.msrp: not available yet'],
  [
    'sip: {advertise: "sip:a.example"}',
    '1: sip.advertise: a host name or an IP address is wanted, such as sip.example.org',
  ],
  ['storage: {driver: postgres}', '1: storage.driver: not available yet'],
  ['components: {a.example: {secret: x}}', '1: components: not available yet'],
  ['auth: {registration: invite}', '1: auth.registration: not available yet'],
  ['domains: [{name: a.example, auth: {registration: invite}}]', '1: domains.0.auth: not available yet'],
  [
    'sip: {routes: [{match: {prefix: 9}, to: "mailto:a@b"}]}',
    '1: sip.routes.0.to: a SIP URI is wanted, such as sip:pbx.example:5060;transport=tcp',
  ],
  ['sip: {routes: [{match: {prefix: 9}}]}', '1: sip.routes.0: either to or deny is wanted'],
  ['sip: {peers: [{domain: b.example}]}', '1: sip.peers.0: tls or address is wanted'],
  [
    'sip: {hosts: {b.example: "user@192.0.2.1"}}',
    '1: sip.hosts.b.example: a host is wanted, such as 192.0.2.1:5060;transport=tcp',
  ],
])('%s is refused with its place', (text, expected) => {
  expect(message(text)).toBe(expected);
});

test('a file that is no YAML is refused with its place', () => {
  expect(message('listen: [1')).toMatch(/line 1/);
});

test('a named file that is not there is an error', () => {
  const request = { config: 'absent.yaml', data: undefined, environment: {}, directory: folder };
  expect(() => loadConfiguration(request)).toThrow(`${join(folder, 'absent.yaml')}: there is no such file`);
});

test('rules, peers, places and modes of SIP are taken as they are written', () => {
  const { sip, sipPolicy } = load(`
domains: [a.example, {name: b.example, sip: {mode: redirect}}]
sip:
  routes: [{match: {prefix: 9, source: 192.0.2.0/24}, to: "sip:192.0.2.9:5070;transport=tcp"}, {deny: 403}]
  peers: [{domain: c.example, tls: SIP.C.example}]
  hosts: {C.example: "192.0.2.7:5060"}
`);
  expect(sipPolicy.routes[0]).toMatchObject({
    match: { prefix: '9', source: '192.0.2.0/24' },
    to: { host: '192.0.2.9', port: 5070 },
  });
  expect(sipPolicy.routes[1]).toEqual({ match: {}, deny: 403 });
  expect(sipPolicy.peers).toEqual([{ domain: 'c.example', tls: 'sip.c.example' }]);
  expect(sip.hosts).toEqual({ 'c.example': '192.0.2.7:5060' });
  expect(sipPolicy.redirects).toEqual(['b.example']);
});

test('what is built later may be named with its default, or switched off', () => {
  expect(message('listen: {msrp: 2855, s2s: false}\ns2s: {enabled: false}\ndirect: {enabled: true}')).toBe('accepted');
});
