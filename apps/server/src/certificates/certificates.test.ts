// Certificates: made at first start, chosen by name, reloaded while handshakes and sessions go on (RFC 5929 §4.1, RFC 6066 §3).
import { createHash, createPrivateKey, X509Certificate } from 'node:crypto';
import { copyFile, mkdtemp, readFile, rm, stat, utimes, writeFile } from 'node:fs/promises';
import { connect as connectTcp, createServer, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type ConnectionOptions, connect, type TLSSocket } from 'node:tls';
import { silent } from '@parlance/base/log';
import { Turn } from '@parlance/base/turn';
import { listenHttp } from '@parlance/http/server';
import { FakeClock } from '@parlance/testkit/fake-clock';
import { storedLimits } from '@parlance/xml/limits';
import { Liveness } from '@parlance/xmpp-server/listeners/liveness';
import { SocketConnection, type TlsPort } from '@parlance/xmpp-server/listeners/socket';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type CertificateParts, type Certificates, openCertificates } from './certificates.ts';
import { endPointHash } from './end-point-hash.ts';
import { makeSelfSigned } from './self-signed.ts';

let directory = '';
let clock = new FakeClock();
let certificates: Certificates | undefined;
let servers: { close(): unknown }[] = [];
const sockets: Socket[] = [];

const parts = (...names: string[]): CertificateParts => ({
  domains: names.map((name) => ({ name, files: undefined })),
  directory,
  clock,
  log: silent,
});

const open = async (...names: string[]): Promise<Certificates> => {
  certificates = await openCertificates(parts(...names));
  return certificates;
};

const file = (name: string): string => join(directory, name);

/** Puts another self-signed pair in the place of a domain's. */
const replace = async (domain: string): Promise<void> => {
  const { cert, key } = await makeSelfSigned(domain, clock.now());
  await writeFile(file(`${domain}.key`), key);
  await writeFile(file(`${domain}.crt`), cert);
};

const inForce = async (domain: string): Promise<string> =>
  new X509Certificate(await readFile(file(`${domain}.crt`))).fingerprint256;

const listen = async (accept: (socket: Socket) => void): Promise<number> => {
  const server = createServer((socket) => {
    sockets.push(socket);
    accept(socket);
  });
  servers.push(server);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  return typeof address === 'object' && address !== null ? address.port : 0;
};

/** A TLS server made of connections as the XMPP listeners make them. */
const serve = (tls: TlsPort, connections: SocketConnection[] = []): Promise<number> => {
  return listen((socket) => {
    const connection = new SocketConnection(
      socket,
      { turn: new Turn(setImmediate), liveness: new Liveness(clock) },
      storedLimits,
    );
    connections.push(connection);
    connection.upgrade(tls, []);
    connection.start({
      opened: () => connection.write('<opened/>'),
      element: () => connection.write('<heard/>'),
      heard: () => undefined,
      ended: () => undefined,
      broken: () => connection.destroy(),
      closed: () => undefined,
      drained: () => undefined,
      doubted: () => undefined,
    });
  });
};

/** Passes bytes on to `port`; what comes back waits for `release`. */
const slowly = (port: number, release: Promise<void>): Promise<number> =>
  listen((socket) => {
    const onward = connectTcp(port, '127.0.0.1');
    sockets.push(onward);
    socket.pipe(onward);
    void release.then(() => onward.pipe(socket));
  });

const handshake = (port: number, options: ConnectionOptions): Promise<TLSSocket> =>
  new Promise((resolve, reject) => {
    const socket = connect({ port, host: '127.0.0.1', rejectUnauthorized: false, ...options });
    sockets.push(socket);
    socket.once('secureConnect', () => resolve(socket));
    socket.once('error', reject);
  });

const shown = (socket: TLSSocket): string => socket.getPeerCertificate().fingerprint256;

const answerTo = (socket: TLSSocket, text: string): Promise<string> =>
  new Promise((resolve) => {
    socket.once('data', (bytes: Buffer) => resolve(bytes.toString()));
    socket.write(text);
  });

beforeEach(async () => {
  clock = new FakeClock();
  directory = await mkdtemp(join(tmpdir(), 'certificates-'));
});

afterEach(async () => {
  certificates?.close();
  for (const socket of sockets.splice(0)) socket.destroy();
  for (const server of servers) server.close();
  servers = [];
  await rm(directory, { recursive: true });
});

describe('the first start', () => {
  it('makes a certificate that names the domain, and a key for its owner only', async () => {
    await open('one.example', 'localhost');
    const one = new X509Certificate(await readFile(file('one.example.crt')));
    expect(one.checkHost('one.example')).toBe('one.example');
    expect(one.checkHost('two.example')).toBeUndefined();
    expect(one.ca).toBe(false);
    expect(one.publicKey.asymmetricKeyDetails?.namedCurve).toBe('prime256v1');
    expect(Date.parse(one.validTo)).toBeGreaterThan(clock.now() + 9 * 365 * 86_400_000);
    expect(one.checkPrivateKey(createPrivateKey(await readFile(file('one.example.key'))))).toBe(true);
    expect((await stat(file('one.example.key'))).mode & 0o777).toBe(0o600);
    expect(new X509Certificate(await readFile(file('localhost.crt'))).checkIP('127.0.0.1')).toBe('127.0.0.1');
  });

  it('is the only one that makes them', async () => {
    await open('one.example');
    const before = await readFile(file('one.example.crt'), 'utf8');
    await open('one.example');
    expect(await readFile(file('one.example.crt'), 'utf8')).toBe(before);
  });

  it('refuses a configured pair that does not belong together, by name', async () => {
    await open('one.example', 'two.example');
    const files = { cert: file('one.example.crt'), key: file('two.example.key') };
    const mixed = { ...parts(), domains: [{ name: 'three.example', files }] };
    await expect(openCertificates(mixed)).rejects.toThrow(/two\.example\.key is not the key of .*one\.example\.crt/);
  });
});

describe('the end-point hash (RFC 5929 §4.1)', () => {
  it('is SHA-256 of the certificate for ECDSA with SHA-256', async () => {
    const tls = await open('one.example');
    const der = new X509Certificate(await readFile(file('one.example.crt'))).raw;
    expect(tls.endPointHash(tls.context('one.example'))).toEqual(createHash('sha256').update(der).digest());
    expect(endPointHash(der)).toEqual(createHash('sha256').update(der).digest());
  });
});

describe('handshakes', () => {
  it('show the certificate of the name that is asked for, else of the first domain', async () => {
    const port = await serve(await open('one.example', 'two.example', 'bücher.example'));
    const seen = async (servername: string) => shown(await handshake(port, { servername }));
    expect(await seen('two.example')).toBe(await inForce('two.example'));
    expect(await seen('TWO.example')).toBe(await inForce('two.example'));
    expect(await seen('xn--bcher-kva.example')).toBe(await inForce('bücher.example'));
    expect(await seen('other.example')).toBe(await inForce('one.example'));
    expect(shown(await handshake(port, {}))).toBe(await inForce('one.example'));
  });

  it('that began before a reload end with the certificate they began with, and bind to it', async () => {
    const tls = await open('one.example');
    const connections: SocketConnection[] = [];
    let asked = 0;
    const counting: TlsPort = {
      context: (name) => {
        if (name !== undefined) asked++;
        return tls.context(name);
      },
      endPointHash: (context) => tls.endPointHash(context),
    };
    const port = await serve(counting, connections);
    const old = await inForce('one.example');
    const live = await handshake(port, { servername: 'one.example' });
    let release: () => void = () => undefined;
    const slow = await slowly(port, new Promise<void>((resolve) => (release = resolve)));
    const during = handshake(slow, { servername: 'one.example' });
    await expect.poll(() => asked).toBe(2);
    await replace('one.example');
    expect(await tls.reload()).toEqual([]);
    release();
    const [first, second] = [live, await during];
    for (const [at, socket] of [first, second].entries()) {
      expect(await answerTo(socket, "<stream xmlns='x'>")).toBe('<opened/>');
      const hash = createHash('sha256').update(socket.getPeerCertificate().raw).digest();
      expect(connections[at]?.bindings().tlsServerEndPoint).toEqual(hash);
    }
    expect([shown(first), shown(second)]).toEqual([old, old]);
    expect(await answerTo(live, '<a/>')).toBe('<heard/>');
    const next = await handshake(port, { servername: 'one.example' });
    expect(shown(next)).toBe(await inForce('one.example'));
    expect(shown(next)).not.toBe(old);
  });
});

describe('HTTPS', () => {
  it('follows a reload, also for clients that name no host', async () => {
    const tls = await open('one.example', 'two.example');
    const listening = await listenHttp({
      address: '127.0.0.1',
      port: 0,
      https: tls,
      publicUrl: null,
      httpsPort: () => undefined,
      origins: [],
      trusted: () => false,
      plaintext: false,
      webRoot: directory,
      connections: 10,
      admission: { enter: () => true, leave: () => undefined },
      bodyLimit: () => 1000,
      bosh: async () => ({ status: 200, body: '' }),
      webSockets: new Map(),
      log: silent,
    });
    servers.push(listening);
    const { port } = listening;
    expect(shown(await handshake(port, { servername: 'two.example' }))).toBe(await inForce('two.example'));
    const nameless = await handshake(port, {});
    expect(shown(nameless)).toBe(await inForce('one.example'));
    await replace('one.example');
    expect(await tls.reload()).toEqual([]);
    const next = await handshake(port, {});
    expect(shown(next)).toBe(await inForce('one.example'));
    expect(shown(next)).not.toBe(shown(nameless));
    expect(await answerTo(next, 'GET / HTTP/1.1\r\nHost: one.example\r\n\r\n')).toMatch(/^HTTP\/1\.1 503 /);
  });
});

describe('a changed file', () => {
  const changed = async (name: string): Promise<void> => {
    const later = new Date((await stat(file(name))).mtimeMs + 2000);
    await utimes(file(name), later, later);
  };

  const shownBy = async (tls: Certificates): Promise<Uint8Array | undefined> =>
    tls.endPointHash(tls.context('one.example'));

  it('is read when it has stopped changing', async () => {
    const tls = await open('one.example');
    const old = await shownBy(tls);
    tls.watch();
    await replace('one.example');
    await clock.advanceAsync(5000);
    await expect.poll(() => clock.pending).toBe(1);
    expect(await shownBy(tls)).toEqual(old);
    await clock.advanceAsync(5000);
    await expect.poll(() => shownBy(tls)).not.toEqual(old);
  });

  it('that cannot be used leaves the old one in force, with a reason', async () => {
    const tls = await open('one.example', 'two.example');
    const old = await shownBy(tls);
    await copyFile(file('two.example.key'), file('one.example.key'));
    await changed('one.example.key');
    expect(await tls.reload()).toEqual([expect.stringMatching(/^one\.example: .*one\.example\.key is not the key of/)]);
    await writeFile(file('one.example.crt'), 'no certificate');
    expect(await tls.reload()).toEqual([expect.stringMatching(/one\.example\.crt cannot be read/)]);
    expect(await shownBy(tls)).toEqual(old);
  });
});
