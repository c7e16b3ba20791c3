// Our client believes a server only with a certificate that somebody vouches for and that names the domain (RFC 6120 §13.7.2, XEP-0368).
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { XmppClient } from '@parlance/xmpp-client/client';
import { tcp } from '@parlance/xmpp-client/transports/tcp';
import type { TlsTrust } from '@parlance/xmpp-client/transports/tls-trust';
import { testCertificate, testKey } from '@parlance/xmpp-server/testing/certificate';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { House, password } from './house.ts';

const directory = mkdtempSync(join(tmpdir(), 'parlance-certificates-'));
const [cert, key] = [join(directory, 'one.crt'), join(directory, 'one.key')];
let house: House;

/** Both domains show the certificate of the first. */
beforeAll(async () => {
  writeFileSync(cert, testCertificate);
  writeFileSync(key, testKey, { mode: 0o600 });
  house = await House.open({ yaml: `domains: [one.example, two.example]\ntls: {cert: ${cert}, key: ${key}}\n` });
  await house.people('juliet@one.example', 'juliet@two.example');
});
afterAll(async () => {
  await house.close();
  rmSync(directory, { recursive: true });
});

describe.each([
  ['STARTTLS', 'c2s'],
  ['direct TLS', 'c2sTls'],
] as const)('over %s', (_, listener) => {
  const connect = async (domain: string, trust: TlsTrust): Promise<string> => {
    const server = { host: '127.0.0.1', port: house.port(listener) };
    const transport = tcp({ domain, server, directTls: listener === 'c2sTls', trust });
    const client = new XmppClient({ address: `juliet@${domain}`, password, transport, reconnect: 'never' });
    await client.connect();
    const { account } = client;
    await client.close();
    return account;
  };

  it('the certificate of the domain is believed', async () => {
    expect(await connect('one.example', { ca: testCertificate })).toBe('juliet@one.example');
  });

  it('one that nobody vouches for is not', async () => {
    await expect(connect('one.example', {})).rejects.toMatchObject({ code: 'DEPTH_ZERO_SELF_SIGNED_CERT' });
  });

  it("another domain's is not, whoever vouches for it", async () => {
    const attempt = connect('two.example', { ca: testCertificate });
    await expect(attempt).rejects.toMatchObject({ code: 'ERR_TLS_CERT_ALTNAME_INVALID' });
    expect(await connect('two.example', { verify: false })).toBe('juliet@two.example');
  });
});
