// Client streams over real sockets: headers, restarts, errors, closing, STARTTLS, direct TLS, admission (RFC 6120 §4, §5; XEP-0368).
import { constants, createHash, X509Certificate } from 'node:crypto';
import { connect as connectTls, createSecureContext, type SecureContext, type TLSSocket } from 'node:tls';
import { silent } from '@parlance/base/log';
import { Turn } from '@parlance/base/turn';
import { FakeClock } from '@parlance/testkit/fake-clock';
import { RawClient } from '@parlance/testkit/raw-client';
import { afterEach, describe, expect, it } from 'vitest';
import { testCertificate, testKey } from '../testing/certificate.ts';
import { makeWire, type Wire } from '../testing/wire.ts';
import { listenForClients, listenForClientsOnTls, upgradeWith } from './clients.ts';
import { Liveness } from './liveness.ts';
import type { TlsPort } from './socket.ts';
import type { Listening } from './tcp.ts';

const secure: SecureContext = createSecureContext({
  cert: testCertificate,
  key: testKey,
  minVersion: 'TLSv1.2',
  secureOptions: constants.SSL_OP_NO_RENEGOTIATION,
});
const hash = createHash('sha256').update(new X509Certificate(testCertificate).raw).digest();
const tls: TlsPort = { context: () => secure, endPointHash: () => hash };

const header = (to = 'one.example', more = '') =>
  `<?xml version='1.0'?><stream:stream xmlns='jabber:client' xmlns:stream='http://etherx.jabber.org/streams' to='${to}' version='1.0'${more}>`;
const echo = "<echo xmlns='urn:example:wire'/>";
const starttls = "<starttls xmlns='urn:ietf:params:xml:ns:xmpp-tls'/>";

let clock = new FakeClock();
let wire: Wire = makeWire(clock);
let open: Listening[] = [];
let clients: RawClient[] = [];

const limits = { connections: 3, perSource: 2 };

const listen = async (direct = false): Promise<number> => {
  clock = new FakeClock();
  wire = makeWire(clock, upgradeWith(tls));
  const shared = { turn: new Turn(setImmediate), liveness: new Liveness(clock) };
  const parts = { address: '127.0.0.1', port: 0, limits, log: silent, services: wire.services, ...shared };
  const listening = await (direct ? listenForClientsOnTls(parts, tls) : listenForClients(parts));
  open.push(listening);
  return listening.port;
};

const client = (port: number): RawClient => {
  const made = RawClient.to(port);
  clients.push(made);
  return made;
};

const start = async (said = header()): Promise<RawClient> => {
  const made = client(await listen());
  made.say(said);
  return made;
};

const secured = (socket: TLSSocket): Promise<TLSSocket> =>
  new Promise((resolve, reject) => {
    socket.once('secureConnect', () => resolve(socket));
    socket.once('error', reject);
  });

afterEach(async () => {
  for (const each of clients) each.destroy();
  const ending = open.map((each) => each.close());
  clock.advance(5000);
  await Promise.all(ending);
  clients = [];
  open = [];
});

const condition = (name: string) => new RegExp(`<stream:error><${name} xmlns='urn:ietf:params:xml:ns:xmpp-streams'/>`);

describe('the header (RFC 6120 §4.7)', () => {
  it('is answered with an unpredictable id, our name, and their address', async () => {
    const romeo = await start(header('One.Example', " from='Romeo@one.example/x' xml:lang='de'"));
    const answer = await romeo.hears(/<\/stream:features>/);
    expect(answer).toContain("xmlns='jabber:client' xmlns:stream='http://etherx.jabber.org/streams' id='token1'");
    expect(answer).toContain("from='one.example' to='romeo@one.example' version='1.0' xml:lang='en'>");
    expect(answer).toContain("<echo xmlns='urn:example:wire'/>");
  });

  it.each([
    ['en-GB', 'en'],
    ['zh', 'zh'],
    ['zh-Hant-TW', 'zh'],
    ['ZH-cn', 'zh'],
    ['zha', 'en'],
    ['de', 'en'],
    ['!', 'en'],
  ])('asked for in %s is answered in %s, which the server speaks (§4.7.4)', async (asked, answered) => {
    const romeo = await start(header('one.example', ` xml:lang='${asked}'`));
    expect(await romeo.hears(/<\/stream:features>/)).toContain(`xml:lang='${answered}'>`);
  });

  it('says in which language its client speaks, for the whole session (§4.7.4)', async () => {
    const romeo = await start(`${header('one.example', " xml:lang='de-CH'")}<bind xmlns='urn:example:wire'/>`);
    await romeo.hears(/<bind /);
    expect(wire.streams[0]?.session?.language).toBe('de-CH');
  });

  it.each([
    ['an unknown host', header('three.example'), 'host-unknown'],
    ['no host', header().replace("to='one.example'", ''), 'host-unknown'],
    ['another stream namespace', header().replace('etherx.jabber.org', 'wrong.example'), 'invalid-namespace'],
    ['another root', header().replaceAll('stream:stream', 'stream:flow'), 'bad-format'],
    ['no version', header().replace(" version='1.0'>", '>'), 'unsupported-version'],
    ['version 0.9', header().replace(" version='1.0'>", " version='0.9'>"), 'unsupported-version'],
    ['no XML', 'GET / HTTP/1.1\r\n\r\n', 'not-well-formed'],
    ['a document type', '<!DOCTYPE lolz [<!ENTITY lol "lol">]>', 'restricted-xml'],
    ['another encoding', "<?xml version='1.0' encoding='UTF-16'?>", 'unsupported-encoding'],
    ['an undeclared prefix', `${header()}<x:y/>`, 'bad-namespace-prefix'],
    ['too many bytes', `${header()}<a>${'x'.repeat(11_000)}`, 'policy-violation'],
    ['too deep', `${header()}${'<a>'.repeat(20)}`, 'policy-violation'],
    ['a stanza before its time', `${header()}<message/>`, 'not-authorized'],
    ['an unknown element', `${header()}<x xmlns='y'/>`, 'unsupported-stanza-type'],
  ])('with %s ends in the right error, behind a header of ours (§4.9.1.2)', async (_, said, expected) => {
    const romeo = await start(said);
    const answer = await romeo.end();
    expect(answer).toMatch(/^<\?xml version='1.0'\?><stream:stream /);
    expect(answer).toMatch(condition(expected));
    expect(answer).toMatch(/<\/stream:stream>$/);
  });

  it('accepts a version above ours (§4.7.5)', async () => {
    const romeo = await start(header().replace("version='1.0'>", "version='02.13'>"));
    expect(await romeo.hears(/<\/stream:features>/)).toContain("version='1.0' xml:lang='en'>");
  });
});

describe('restarts', () => {
  it('read on behind the element that caused them', async () => {
    const romeo = await start(`${header()}<in xmlns='urn:example:wire'/>${header()}${echo}</stream:stream>`);
    const answer = await romeo.end();
    expect(answer.match(/<stream:stream /g)).toHaveLength(2);
    expect(answer).toContain("id='token2'");
    expect(answer).toMatch(/<\/stream:features><echo [^>]*\/><\/stream:stream>$/);
  });

  it('may not change the host (checklist 22)', async () => {
    const romeo = await start(`${header()}<in xmlns='urn:example:wire'/>${header('two.example')}`);
    expect(await romeo.end()).toMatch(condition('not-authorized'));
  });

  it('widen the limits after authentication', async () => {
    const romeo = await start(`${header()}<in xmlns='urn:example:wire'/>${header()}`);
    romeo.say(`<echo xmlns='urn:example:wire'>${'x'.repeat(20_000)}</echo></stream:stream>`);
    expect(await romeo.end()).toMatch(/x{20000}/);
  });
});

describe('a step that waits', () => {
  it('is overtaken by nothing, and what came behind it is read afterwards', async () => {
    const wait = "<wait xmlns='urn:example:wire'/>";
    const romeo = await start(`${header()}${wait}${echo}${wait}</stream:stream>`);
    const names = [...(await romeo.end()).matchAll(/<(wait|echo) /g)].map(([, name]) => name);
    expect(names).toEqual(['echo', 'wait', 'echo', 'wait']);
  });
});

describe('a peer that was written to and is silent', () => {
  const bound = async (): Promise<RawClient> => {
    const romeo = await start();
    romeo.say(`<in xmlns='urn:example:wire'/>`);
    await romeo.hears(/<in [^>]*>/);
    romeo.say(`${header()}<bind xmlns='urn:example:wire'/>`);
    await romeo.hears(/<bind [^>]*>/);
    return romeo;
  };

  it('is asked, and given up within a minute (XEP-0199 §4.1)', async () => {
    const romeo = await bound();
    clock.advance(30_000);
    expect(await romeo.hears(/<iq .*<\/iq>/)).toContain("from='one.example'><ping xmlns='urn:xmpp:ping'/>");
    clock.advance(20_000);
    expect(await romeo.end()).toBe('');
  });

  it('lives on when it answers anything', async () => {
    const romeo = await bound();
    clock.advance(30_000);
    await romeo.hears(/<iq .*<\/iq>/);
    romeo.say(' ');
    await new Promise((resolve) => setTimeout(resolve, 20));
    clock.advance(120_000);
    romeo.say('</stream:stream>');
    expect(await romeo.end()).toContain('</stream:stream>');
  });
});

describe('closing (RFC 6120 §4.4)', () => {
  it('answers the end of the stream with its own', async () => {
    const romeo = await start(`${header()}</stream:stream>`);
    expect(await romeo.end()).toMatch(/<\/stream:features><\/stream:stream>$/);
  });

  it('waits for the peer when it closes first, but not for ever', async () => {
    const romeo = await start();
    await romeo.hears(/<\/stream:features>/);
    wire.streams[0]?.close();
    await romeo.hears(/<\/stream:stream>/);
    expect(romeo.socket.readableEnded).toBe(false);
    clock.advance(5000);
    expect(await romeo.end()).toBe('');
  });

  it('ends when the peer answers its end', async () => {
    const romeo = await start();
    await romeo.hears(/<\/stream:features>/);
    wire.streams[0]?.close();
    await romeo.hears(/<\/stream:stream>/);
    romeo.say('</stream:stream>');
    expect(await romeo.end()).toBe('');
  });

  it('follows an error of the peer without an error of its own', async () => {
    const romeo = await start(
      `${header()}<stream:error><reset xmlns='urn:ietf:params:xml:ns:xmpp-streams'/></stream:error>`,
    );
    expect(await romeo.end()).toMatch(/<\/stream:features><\/stream:stream>$/);
  });

  it('comes 30 seconds after the connection was made, whatever was sent (checklist 4)', async () => {
    const romeo = await start();
    await romeo.hears(/<\/stream:features>/);
    for (let second = 0; second < 29; second++) {
      romeo.say(`${echo} `);
      await romeo.hears(/<echo [^>]*>/);
      clock.advance(1000);
    }
    clock.advance(1000);
    expect(await romeo.end()).toMatch(condition('connection-timeout'));
  });

  it('tells everybody when the server stops', async () => {
    const romeo = await start();
    await romeo.hears(/<\/stream:features>/);
    const [listening] = open.splice(0);
    await listening?.close();
    expect(await romeo.end()).toMatch(condition('system-shutdown'));
  });
});

describe('admission', () => {
  it('takes no more connections than it may, and new ones when others are gone', async () => {
    const port = await listen();
    const first = [client(port), client(port), client(port)];
    for (const each of first) {
      each.say(header());
      await each.hears(/<\/stream:features>/);
    }
    expect(await client(port).end()).toBe('');
    first[0]?.say('</stream:stream>');
    await first[0]?.end();
    await expect.poll(() => open[0]?.count()).toBe(2);
    const late = client(port);
    late.say(header());
    expect(await late.hears(/<\/stream:features>/)).toContain('echo');
  });
});

describe('STARTTLS (RFC 6120 §5)', () => {
  it('goes on over TLS with a new header and the binding of this certificate', async () => {
    const romeo = await start(header() + starttls);
    await romeo.hears(/<proceed xmlns='urn:ietf:params:xml:ns:xmpp-tls'\/>/);
    romeo.over(await secured(connectTls({ socket: romeo.socket, rejectUnauthorized: false })));
    romeo.say(header());
    expect(await romeo.hears(/<\/stream:features>/)).not.toContain('starttls');
    const bindings = wire.streams[0]?.connection.bindings();
    expect(bindings?.tlsServerEndPoint).toEqual(hash);
    const exported = (romeo.socket as TLSSocket).exportKeyingMaterial(32, 'EXPORTER-Channel-Binding', Buffer.alloc(0));
    expect(bindings?.tlsExporter).toEqual(exported);
    romeo.say(`${echo}</stream:stream>`);
    expect(await romeo.end()).toMatch(/<echo [^>]*\/><\/stream:stream>$/);
  });

  it.each([
    ['a stanza', '<iq/>'],
    ['white space', '\n'],
    ['a header', header()],
  ])('ends the connection when %s came behind it in the clear (checklist 8)', async (_, more) => {
    const romeo = await start(header() + starttls + more);
    expect(await romeo.end()).not.toContain('</stream:stream>');
    await expect.poll(() => open[0]?.count()).toBe(0);
  });

  it('ends the connection when the handshake fails', async () => {
    const romeo = await start(header() + starttls);
    await romeo.hears(/<proceed [^>]*>/);
    romeo.say('this is no handshake at all');
    await romeo.end();
    await expect.poll(() => open[0]?.count()).toBe(0);
  });

  it('refuses versions before TLS 1.2', async () => {
    const romeo = await start(header() + starttls);
    await romeo.hears(/<proceed [^>]*>/);
    const old = connectTls({
      socket: romeo.socket,
      rejectUnauthorized: false,
      maxVersion: 'TLSv1.1',
      minVersion: 'TLSv1',
    });
    await expect(secured(old)).rejects.toThrow(/alert|version|protocol/i);
  });

  it('lets a handshake that does not end wait no longer than everything else', async () => {
    const romeo = await start(header() + starttls);
    await romeo.hears(/<proceed [^>]*>/);
    clock.advance(30_000);
    expect(await romeo.end()).toBe('');
  });
});

describe('direct TLS (XEP-0368)', () => {
  it('names xmpp-client and is TLS from the first byte', async () => {
    const port = await listen(true);
    const socket = connectTls({ port, host: '127.0.0.1', rejectUnauthorized: false, ALPNProtocols: ['xmpp-client'] });
    const romeo = new RawClient(await secured(socket));
    clients.push(romeo);
    expect(socket.alpnProtocol).toBe('xmpp-client');
    romeo.say(`${header()}${echo}</stream:stream>`);
    expect(await romeo.end()).toMatch(/<echo [^>]*\/><\/stream:stream>$/);
    expect(wire.streams[0]?.connection.securePath).toBe(true);
  });

  it('renegotiates with nobody (checklist 9)', async () => {
    const port = await listen(true);
    const socket = connectTls({ port, host: '127.0.0.1', rejectUnauthorized: false, maxVersion: 'TLSv1.2' });
    const romeo = new RawClient(await secured(socket));
    clients.push(romeo);
    romeo.say(header());
    await romeo.hears(/<\/stream:features>/);
    socket.renegotiate({ rejectUnauthorized: false }, () => undefined);
    romeo.say(echo);
    await romeo.end();
    await expect.poll(() => open[0]?.count()).toBe(0);
  });
});
