// BOSH sessions with the clock in the test's hand: creation, holding, order, windows, loss, polling, ends (XEP-0124, XEP-0206; SECURITY-CHECKLIST 11).
import { Turn } from '@parlance/base/turn';
import { FakeClock } from '@parlance/testkit/fake-clock';
import { beforeEach, describe, expect, it } from 'vitest';
import { makeWire, type Wire } from '../../testing/wire.ts';
import { type BoshListener, boshListener } from './bosh.ts';

const echo = "<echo xmlns='urn:example:wire'/>";
const ns = "xmlns='http://jabber.org/protocol/httpbind'";
const xmpp = "xmlns:xmpp='urn:xmpp:xbosh'";

let clock = new FakeClock();
let wire: Wire = makeWire(clock);
let bosh: BoshListener = boshListener({
  services: wire.services,
  turn: new Turn(setImmediate),
  limits: { connections: 1, perSource: 1 },
});

beforeEach(() => {
  clock = new FakeClock();
  wire = makeWire(clock);
  bosh = boshListener({
    services: wire.services,
    turn: new Turn(setImmediate),
    limits: { connections: 10, perSource: 2 },
  });
});

const turns = async (): Promise<void> => {
  for (let turn = 0; turn < 3; turn++) await new Promise<void>((resolve) => setImmediate(resolve));
};

/** A request that was sent: its answer, once it is there. */
interface Sent {
  body: string | undefined;
  readonly gone: AbortController;
}

const send = (text: string, address = '192.0.2.1'): Sent => {
  const sent: Sent = { body: undefined, gone: new AbortController() };
  const peer = { remote: { address, port: 1 }, securePath: true };
  void bosh.handle(text, peer, sent.gone.signal).then(({ body }) => (sent.body = body));
  return sent;
};

const answer = async (sent: Sent): Promise<string> => {
  await turns();
  if (sent.body === undefined) throw new Error('still held');
  return sent.body;
};

const create = async (more = "wait='60' hold='1' ack='1'", rid = 100): Promise<{ sid: string; first: string }> => {
  const sent = send(`<body ${ns} ${xmpp} rid='${rid}' to='one.example' ver='1.6' xmpp:version='1.0' ${more}/>`);
  const first = await answer(sent);
  return { sid: / sid='([^']+)'/.exec(first)?.[1] ?? '', first };
};

const request = (sid: string, rid: number, payload = '', more = ''): Sent =>
  send(`<body ${ns} ${xmpp} sid='${sid}' rid='${rid}' ${more}>${payload}</body>`);

const ended = (condition?: string): string =>
  condition === undefined
    ? `<body ${ns} type='terminate'/>`
    : `<body ${ns} type='terminate' condition='${condition}'/>`;

describe('creation (XEP-0124 §7)', () => {
  it('agrees on terms and brings the features at once', async () => {
    const { first } = await create("wait='3600' hold='9' ack='1'");
    for (const part of ["wait='60'", "hold='1'", "requests='2'", "inactivity='30'", "ack='100'", "from='one.example'"])
      expect(first).toContain(part);
    expect(first).toContain("ver='1.6' ");
    expect(first).toContain("xmpp:version='1.0' xmpp:restartlogic='true'");
    expect(first).toContain("<stream:features xmlns:stream='http://etherx.jabber.org/streams'><echo ");
  });

  it.each([
    ['1.6', '1.6'],
    ['1.11', '1.11'],
    ['1.12', '1.11'],
    ['2.0', '1.11'],
    ['nonsense', '1.11'],
  ])('agrees with version %s on %s', async (asked, agreed) => {
    const first = await answer(send(`<body ${ns} rid='1' to='one.example' ver='${asked}'/>`));
    expect(first).toContain(` ver='${agreed}' `);
  });

  it('says so when the host is not ours', async () => {
    const sent = send(`<body ${ns} rid='1' to='three.example' wait='60' hold='1'/>`);
    expect(await answer(sent)).toContain("type='terminate' condition='host-unknown'><stream:error ");
    expect(bosh.count()).toBe(0);
  });

  it.each([
    ['no request id', `<body ${ns} to='one.example'/>`],
    ['a request id beyond 2^53', `<body ${ns} to='one.example' rid='9007199254740993'/>`],
    ['a request id without room', `<body ${ns} to='one.example' rid='9007199254740991'/>`],
    ['another element', `<corpse ${ns} to='one.example' rid='1'/>`],
    ['a document type', `<!DOCTYPE x [<!ENTITY y "z">]><body ${ns} rid='1'/>`],
    ['no XML', 'rid=1'],
    ['too much', `<body ${ns} rid='1' to='one.example'><a>${'x'.repeat(21_000)}</a></body>`],
  ])('is refused with %s', async (_, text) => {
    expect(await answer(send(text))).toBe(ended('bad-request'));
    expect(bosh.count()).toBe(0);
  });

  it('takes no more sessions from one address than it may (checklist 11)', async () => {
    await create();
    await create();
    const third = send(`<body ${ns} rid='1' to='one.example'/>`);
    expect(await answer(third)).toBe(ended('policy-violation'));
    expect(bosh.count()).toBe(2);
  });
});

describe('requests', () => {
  it('are held until there is something to say', async () => {
    const { sid } = await create();
    const held = request(sid, 101);
    await turns();
    expect(held.body).toBeUndefined();
    wire.streams[0]?.write("<message id='1'/>");
    wire.streams[0]?.write('<presence/>');
    expect(await answer(held)).toBe(
      `<body ${ns}><message xmlns='jabber:client' id='1'/><presence xmlns='jabber:client'/></body>`,
    );
  });

  it('are held no longer than agreed', async () => {
    const { sid } = await create();
    const held = request(sid, 101);
    await turns();
    clock.advance(30_000 - 1);
    wire.streams[0]?.bound({ flush: () => undefined } as never);
    clock.advance(30_001);
    expect(await answer(held)).toBe(`<body ${ns}/>`);
  });

  it('carry elements; one more than may be held lets the oldest go', async () => {
    const { sid } = await create();
    const held = request(sid, 101);
    const second = request(sid, 102, echo);
    expect(await answer(held)).toBe(`<body ${ns} ack='102'>${echo}</body>`);
    const third = request(sid, 103);
    expect(await answer(second)).toBe(`<body ${ns} ack='103'/>`);
    expect(third.body).toBeUndefined();
  });

  it('leave a connection free to a client with two that would have both held', async () => {
    const { sid } = await create("wait='60' hold='2'");
    const held = request(sid, 101);
    request(sid, 102);
    expect(await answer(held)).toBe(`<body ${ns}/>`);
  });

  it('are handled in the order of their ids, whatever the order of arrival', async () => {
    const { sid } = await create();
    const later = request(sid, 102, `<wait xmlns='urn:example:wire'/>`);
    await turns();
    expect(later.body).toBeUndefined();
    const earlier = request(sid, 101, echo);
    const [one, two] = [await answer(earlier), await answer(later)];
    expect(one + two).toMatch(/<echo .*<wait /);
  });

  it('outside the window end the session (checklist 11)', async () => {
    const { sid } = await create();
    const held = request(sid, 101);
    expect(await answer(request(sid, 104))).toBe(ended('item-not-found'));
    expect(await answer(held)).toBe(ended('item-not-found'));
    expect(bosh.count()).toBe(0);
  });

  it('of nobody find nothing', async () => {
    expect(await answer(request('guessed', 101))).toBe(ended('item-not-found'));
  });

  it('that are sent again get the same answer, and are not handled twice (§14.3)', async () => {
    const { sid } = await create();
    const first = await answer(request(sid, 101, echo));
    expect(first).toContain(echo);
    expect(await answer(request(sid, 101, echo))).toBe(first);
    const held = request(sid, 102);
    held.gone.abort();
    const again = request(sid, 102);
    await turns();
    wire.streams[0]?.write('<presence/>');
    expect(await answer(again)).toContain('<presence ');
  });
});

describe('streams (XEP-0206)', () => {
  it('restart, with wider limits after authentication', async () => {
    const { sid } = await create();
    await answer(request(sid, 101, "<in xmlns='urn:example:wire'/>"));
    expect(await answer(request(sid, 102, '', "to='one.example' xmpp:restart='true'"))).toContain('<stream:features ');
    const long = `<echo xmlns='urn:example:wire'>${'x'.repeat(50_000)}</echo>`;
    expect(await answer(request(sid, 103, long))).toContain(long);
  });

  it.each([
    ["xmpp:restart='1'", 'en'],
    ["to='one.example' xml:lang='zh' xmpp:restart='true'", 'zh'],
  ])('restart for the same host, in whatever spelling (XEP-0206 §5): %s', async (attributes, language) => {
    const { sid } = await create("wait='60' hold='1' xml:lang='en'");
    await answer(request(sid, 101, "<in xmlns='urn:example:wire'/>"));
    expect(await answer(request(sid, 102, '', attributes))).toContain('<stream:features ');
    expect(wire.streams[0]?.domain).toBe('one.example');
    expect(wire.streams[0]?.language).toBe(language);
  });

  it('end with their error', async () => {
    const { sid } = await create();
    const end = await answer(request(sid, 101, "<x xmlns='y'/>"));
    expect(end).toContain("type='terminate' condition='remote-stream-error'><stream:error ");
    expect(end).toContain("<unsupported-stanza-type xmlns='urn:ietf:params:xml:ns:xmpp-streams'/>");
    expect(await answer(request(sid, 102))).toBe(ended('item-not-found'));
  });

  it('end when the client says so, behind what it sent (§13)', async () => {
    const { sid } = await create();
    const held = request(sid, 101);
    const last = request(sid, 102, echo, "type='terminate'");
    expect(await answer(held)).toBe(`<body ${ns} type='terminate'>${echo}</body>`);
    expect(await answer(last)).toBe(ended());
    expect(bosh.count()).toBe(0);
  });

  it('are told to end when the server stops', async () => {
    const { sid } = await create();
    const held = request(sid, 101);
    await turns();
    await bosh.close();
    expect(await answer(held)).toContain("type='terminate' condition='system-shutdown'");
  });
});

describe('silence', () => {
  it('longer than agreed, with nothing held, ends the session (§10)', async () => {
    const { sid } = await create();
    clock.advance(29_000);
    expect(bosh.count()).toBe(1);
    wire.streams[0]?.bound({ flush: () => undefined } as never);
    clock.advance(1000);
    expect(bosh.count()).toBe(0);
    expect(await answer(request(sid, 101))).toBe(ended('item-not-found'));
  });

  it('may be announced (§10)', async () => {
    const { sid } = await create();
    wire.streams[0]?.bound({ flush: () => undefined } as never);
    const held = request(sid, 101);
    const pause = request(sid, 102, '', "pause='100'");
    expect([await answer(held), await answer(pause)]).toEqual([`<body ${ns} ack='102'/>`, `<body ${ns}/>`]);
    clock.advance(99_000);
    expect(bosh.count()).toBe(1);
    clock.advance(1000);
    expect(bosh.count()).toBe(0);
  });
});

describe('polling (§12)', () => {
  it('is answered at once, and not more often than agreed', async () => {
    const { sid, first } = await create("wait='0' hold='1'");
    expect(first).toContain("hold='0'");
    expect(await answer(request(sid, 101))).toBe(`<body ${ns}/>`);
    clock.advance(2000);
    expect(await answer(request(sid, 102))).toBe(`<body ${ns}/>`);
    clock.advance(1000);
    expect(await answer(request(sid, 103))).toBe(ended('policy-violation'));
  });
});

describe('empty requests in a flood (checklist 34)', () => {
  const flood = async (sid: string): Promise<{ readonly rid: number; readonly waiting: Sent; readonly last: Sent }> => {
    let before = request(sid, 101);
    for (let rid = 102; rid < 1_000; rid++) {
      const next = request(sid, rid);
      await turns();
      clock.turn();
      await turns();
      if (before.body === undefined) return { rid, waiting: before, last: next };
      before = next;
    }
    throw new Error('nobody stopped it');
  };

  beforeEach(() => {
    wire = makeWire(clock, undefined, 100_000);
    bosh = boshListener({
      services: wire.services,
      turn: new Turn(setImmediate),
      limits: { connections: 10, perSource: 2 },
    });
  });

  it('are answered as the budget of their sender allows', async () => {
    const { sid } = await create();
    const { rid, waiting, last } = await flood(sid);
    expect(rid).toBeGreaterThan(150);
    expect(rid).toBeLessThan(250);
    clock.advance(1_000);
    await turns();
    expect(waiting.body).toMatch(/^<body [^>]*\/>$/);
    request(sid, rid + 1, echo);
    clock.advance(1_000);
    expect(await answer(last)).toContain(echo);
  });

  it('do not heap up', async () => {
    const { sid } = await create();
    const { rid } = await flood(sid);
    const more = Array.from({ length: 20 }, (_, n) => request(sid, rid + 1 + n));
    await turns();
    expect(more.every(({ body }) => body !== undefined)).toBe(true);
    expect(bosh.count()).toBe(0);
  });

  it('of one whose connection went away while he had to rest have been received all the same, and take one place', async () => {
    const { sid } = await create();
    const { rid, waiting, last } = await flood(sid);
    for (let n = 0; n < 40; n++) request(sid, rid + 1, echo).gone.abort();
    await turns();
    expect(bosh.count()).toBe(1);
    clock.advance(1_000);
    const next = request(sid, rid + 2);
    await turns();
    const answers = [waiting, last, next].map(({ body = '' }) => body).join('');
    expect(answers.split(echo)).toHaveLength(2);
  });
});
