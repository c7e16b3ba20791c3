// Phones in the rosters of chat clients: RFC 6121 §4 for sources that are no session of this protocol (RFC 8048 §6.3; ADR 0007).
import type { Address } from '@parlance/core/ids';
import { Board, type PresenceLine, type PresenceSource } from '@parlance/core/presence';
import { type EmbeddedStorage, openEmbedded } from '@parlance/testkit/embedded-storage';
import { FakeClock } from '@parlance/testkit/fake-clock';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { blocking } from '../ext/xep-0191.blocking.ts';
import { befriend, heard, juliet, nurse, online, romeo } from '../testing/company.ts';
import { Stage } from '../testing/stage.ts';
import type { StageClient } from '../testing/stage-client.ts';
import { openPresence } from './room.ts';

let storage: EmbeddedStorage;
let clock: FakeClock;
let stage: Stage;
let board: Board;
let phone: PresenceSource;
let texts = 0;

const line = (show: PresenceLine['show'] = 'online', note = ''): PresenceLine => ({
  show,
  priority: 0,
  note,
  activities: [],
  since: 0,
});

beforeEach(async () => {
  storage = await openEmbedded(juliet, romeo, nurse);
  clock = new FakeClock();
  board = new Board();
  texts = 0;
  const toPresence = (from: string, { show }: PresenceLine): string => {
    texts++;
    return `<presence from='${from}'>${show === 'online' ? '' : `<show>${show}</show>`}</presence>`;
  };
  stage = new Stage({
    clock,
    ...storage,
    extensions: [blocking],
    presence: (context, points) => openPresence(context, points, undefined, { board, toPresence }),
  });
  phone = { account: await stage.account(juliet), label: 'phone', protocol: 'sip' };
});
afterEach(() => storage.close());

const friends = async (): Promise<[StageClient, StageClient]> => {
  const [r, j] = [await online(stage, romeo, 'orchard'), await online(stage, juliet, 'balcony')];
  await befriend(r, j);
  return [r, j];
};

describe('a phone', () => {
  it('is seen to come, change and go by watchers and its owner, and by nobody else', async () => {
    const [r, j] = await friends();
    const stranger = await online(stage, nurse, 'kitchen');
    board.set(phone, line());
    board.set(phone, line('dnd'));
    board.clear(phone);
    const seen = [`${juliet}/phone available`, `${juliet}/phone available dnd`, `${juliet}/phone unavailable`];
    expect([heard(r), heard(j), heard(stranger)]).toEqual([seen, seen, []]);
    expect(texts).toBe(2);
  });

  it('is there for those who come later, and for probes (§4.3)', async () => {
    const [r] = await friends();
    board.set(phone, line('away'));
    const later = await stage.bind(romeo, 'garden');
    await later.send('<presence/>');
    expect(heard(later)).toContain(`${juliet}/phone available away`);
    r.taken();
    await r.send(`<presence to='${juliet}' type='probe'/>`);
    expect(heard(r)).toEqual([`${juliet}/balcony available`, `${juliet}/phone available away`]);
    await r.send(`<presence to='${juliet}/phone' type='probe'/>`);
    await r.send(`<presence to='${juliet}/none' type='probe'/>`);
    expect(heard(r)).toEqual([`${juliet}/phone available`, `${juliet}/none unavailable`]);
  });

  it('is shown to whom is allowed, and is gone when that ends (§3.1.5, §3.2.2)', async () => {
    const [r, j] = [await online(stage, romeo, 'orchard'), await online(stage, juliet, 'balcony')];
    board.set(phone, line());
    await r.send(`<presence to='${juliet}' type='subscribe'/>`);
    await j.send(`<presence to='${romeo}' type='subscribed'/>`);
    expect(heard(r)).toContain(`${juliet}/phone available`);
    await j.send(`<presence to='${romeo}' type='unsubscribed'/>`);
    expect(heard(r)).toContain(`${juliet}/phone unavailable`);
  });

  it('is withdrawn and given back when its owner blocks and unblocks (XEP-0191 §3.3, §3.4)', async () => {
    const [r, j] = await friends();
    board.set(phone, line());
    heard(r);
    const ask = (name: string): Promise<void> =>
      j.send(`<iq type='set' id='b'><${name} xmlns='urn:xmpp:blocking'><item jid='${romeo}'/></${name}></iq>`);
    await ask('block');
    expect(heard(r)).toContain(`${juliet}/phone unavailable`);
    board.set(phone, line('dnd'));
    expect(heard(r)).toEqual([]);
    await ask('unblock');
    expect(heard(r)).toContain(`${juliet}/phone available dnd`);
  });

  it('leaves the list of who blocks its owner', async () => {
    const [r] = await friends();
    board.set(phone, line());
    heard(r);
    await r.send(`<iq type='set' id='b'><block xmlns='urn:xmpp:blocking'><item jid='${juliet}'/></block></iq>`);
    expect(heard(r)).toContain(`${juliet}/phone unavailable`);
  });
});

describe('a chat client', () => {
  const lines = (): readonly string[] =>
    board.of(juliet as Address).map(({ line: each }) => `${each.show} ${each.note}`);

  it('stands on the board with show and note, away while it may be resumed, and off it afterwards', async () => {
    const j = await online(stage, juliet, 'balcony');
    j.enable();
    await j.send('<presence><show>chat</show><status>here</status><priority>5</priority></presence>');
    expect(lines()).toEqual(['chat here']);
    j.drop();
    await clock.advanceAsync(9_999);
    expect(lines()).toEqual(['chat here']);
    await clock.advanceAsync(1);
    expect(lines()).toEqual(['away here']);
    const again = stage.connect();
    again.resume(j);
    await stage.quiet();
    expect(lines()).toEqual(['chat here']);
    await again.send("<presence type='unavailable'/>");
    expect(lines()).toEqual([]);
  });
});
