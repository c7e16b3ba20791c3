// RFC 6121 §4.2–4.5 on the stage: presence announced, changed, lost with its connection, ended.
import type { Account } from '@parlance/core/account';
import type { Address } from '@parlance/core/ids';
import { type EmbeddedStorage, openEmbedded } from '@parlance/testkit/embedded-storage';
import { FakeClock } from '@parlance/testkit/fake-clock';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { restoreSessions } from '../session/restore.ts';
import { befriend, brief, heard, juliet, nurse, online, openCompany, romeo } from '../testing/company.ts';
import type { Stage } from '../testing/stage.ts';
import type { StageClient } from '../testing/stage-client.ts';

let storage: EmbeddedStorage;
let clock: FakeClock;
let stage: Stage;

beforeEach(async () => {
  storage = await openEmbedded(juliet, romeo, nurse);
  clock = new FakeClock();
  stage = openCompany({ clock, ...storage });
});
afterEach(() => storage.close());

const friends = async (): Promise<[StageClient, StageClient]> => {
  const [r, j] = [await online(stage, romeo, 'orchard'), await online(stage, juliet, 'balcony')];
  await befriend(r, j);
  await befriend(j, r);
  return [r, j];
};

describe('presence', () => {
  it('initial: told to watchers and to oneself, and what is known is told back (§4.2.2, §4.3)', async () => {
    const [r, j] = await friends();
    const second = await stage.bind(juliet, 'chamber');
    await second.send('<presence><priority>5</priority></presence>');
    expect(second.taken().map((stanza) => [brief(stanza), stanza.attr('to')])).toEqual([
      [`${juliet}/chamber available`, juliet],
      [`${juliet}/balcony available`, juliet],
      [`${romeo}/orchard available`, juliet],
    ]);
    expect(heard(r)).toEqual([`${juliet}/chamber available`]);
    expect(heard(j)).toEqual([`${juliet}/chamber available`]);
    expect(second.session.availability).toEqual({ show: 'online', priority: 5 });
  });

  it('changed: in full to watchers, to nobody else (§4.4.2)', async () => {
    const [r, j] = await friends();
    const stranger = await online(stage, nurse, 'kitchen');
    await j.send("<presence><show>away</show><c xmlns='http://jabber.org/protocol/caps' ver='v'/></presence>");
    const [stanza] = r.taken();
    expect(stanza?.childText('show')).toBe('away');
    expect(stanza?.childIn('http://jabber.org/protocol/caps')?.attr('ver')).toBe('v');
    expect(heard(j)).toEqual([`${juliet}/balcony available away`]);
    expect(heard(stranger)).toEqual([]);
  });

  it('unavailable: in full, also to oneself; then nothing more comes (§4.5.2)', async () => {
    const [r, j] = await friends();
    await j.send("<presence type='unavailable'><status>going on vacation</status></presence>");
    expect(r.taken()[0]?.childText('status')).toBe('going on vacation');
    expect(heard(j)).toEqual([`${juliet}/balcony unavailable`]);
    await r.send('<presence><show>dnd</show></presence>');
    expect(heard(j)).toEqual([]);
    await j.send("<presence type='unavailable'/>");
    expect(heard(r)).toEqual([`${romeo}/orchard available dnd`]);
  });

  it('ends with the session (§4.5.2)', async () => {
    const [r, j] = await friends();
    j.leave();
    await stage.quiet();
    expect(heard(r)).toEqual([`${juliet}/balcony unavailable`]);
  });

  it.each([
    '<presence><priority>high</priority></presence>',
    '<presence><priority>128</priority></presence>',
    '<presence><show>busy</show></presence>',
    "<presence type='available'/>",
    `<presence to='${romeo}' type='invisible'/>`,
  ])('is refused: %s', async (stanza) => {
    const j = await stage.bind(juliet, 'balcony');
    await j.send(stanza);
    expect(heard(j)[0]).toMatch(/error bad-request$/);
    expect(j.session.presence).toBe('');
  });

  it('is refused when it is too large to be multiplied, and loses what only a server may say (checklist 25, 34)', async () => {
    const [r, j] = await friends();
    await j.send(`<presence><status>${'x'.repeat(16_384)}</status></presence>`);
    expect(heard(j)).toEqual(['error policy-violation']);
    expect(heard(r)).toEqual([]);
    await j.send(
      "<presence><delay xmlns='urn:xmpp:delay' from='capulet.example' stamp='2002-09-10T23:41:07Z'/></presence>",
    );
    expect(r.taken()[0]?.children).toEqual([]);
  });

  it('of type error is never answered (RFC 6120 §8.3.1)', async () => {
    const j = await online(stage, juliet, 'balcony');
    await j.send("<presence to='benvolio@verona.test/x' type='error'/>");
    await j.send(`<presence to='${romeo}' type='error'/>`);
    await j.send("<presence type='error'/>");
    expect(heard(j)).toEqual([]);
  });

  it('opens and closes the way for messages with its priority (§8.5.2.1.1)', async () => {
    const events: string[] = [];
    stage.points.sessionAvailable.on('act', () => void events.push('available'));
    stage.points.sessionUnavailable.on('act', () => void events.push('unavailable'));
    const j = await online(stage, juliet, 'balcony', '<presence><priority>-1</priority></presence>');
    await j.send('<presence/>');
    await j.send('<presence><show>away</show></presence>');
    await j.send('<presence><priority>-5</priority></presence>');
    await j.send('<presence/>');
    await j.send("<presence type='unavailable'/>");
    j.leave();
    expect(events).toEqual(['available', 'unavailable', 'available', 'unavailable']);
  });

  it('may be changed by extensions before it leaves', async () => {
    const [r, j] = await friends();
    stage.points.outgoingPresence.on('change', (subject) => {
      subject.stanza = subject.stanza.withAttrs({ id: 'changed' });
    });
    await j.send('<presence/>');
    expect(r.taken()[0]?.attr('id')).toBe('changed');
    expect(j.session.presence).toContain('changed');
  });
});

describe('a lost connection', () => {
  it('shows away after ten seconds, the old presence on resumption, nothing twice', async () => {
    const [r, j] = await friends();
    j.enable();
    await j.send('<presence><show>chat</show><status>here</status></presence>');
    r.taken();
    j.drop();
    await clock.advanceAsync(9_999);
    expect(heard(r)).toEqual([]);
    await clock.advanceAsync(1);
    const [away] = r.taken();
    expect([away?.childText('show'), away?.childText('status')]).toEqual(['away', 'here']);
    const again = stage.connect();
    again.resume(j);
    await stage.quiet();
    expect(heard(r)).toEqual([`${juliet}/balcony available chat`]);
  });

  it('is shown away to those who come later, and gone once at expiry', async () => {
    const [r, j] = await friends();
    j.enable();
    j.drop();
    await clock.advanceAsync(10_000);
    await r.send("<presence type='unavailable'/>");
    r.taken();
    await r.send('<presence/>');
    expect(heard(r)).toEqual([`${romeo}/orchard available`, `${juliet}/balcony available away`]);
    await clock.advanceAsync(300_000);
    await stage.quiet();
    expect(heard(r)).toEqual([`${juliet}/balcony unavailable`]);
  });
});

it('after a crash a resumed session is present as before, gets pushes, and hears who is gone', async () => {
  const [, j] = await friends();
  j.enable();
  await j.send('<presence><show>dnd</show></presence>');
  await clock.advanceAsync(1_000);
  await stage.quiet();

  stage = openCompany({ clock, ...storage });
  const restoring = restoreSessions(stage.context, stage.sessions);
  await stage.quiet();
  expect(await restoring).toBe(1);
  const again = stage.connect();
  const session = stage.sessions.resumable(stage.context.account(juliet as Address) as Account, j.session.id);
  if (session?.resumption === undefined) throw new Error('not resumable');
  stage.sessions.resume(session, session.resumption, again);
  again.bound(session);
  session.attach(again);
  stage.sessions.resumed(session);
  await stage.quiet();
  expect(heard(again).at(-1)).toBe(`${romeo} unavailable`);

  const other = await stage.bind(romeo, 'garden');
  await other.send('<presence/>');
  expect(heard(other)).toEqual([`${romeo}/garden available`, `${juliet}/balcony available dnd`]);
  await other.send(`<presence to='${juliet}' type='unsubscribed'/>`);
  expect(heard(again)).toEqual([
    `${romeo}/garden available`,
    `${romeo}/garden unavailable`,
    `${romeo} unsubscribed`,
    `push ${romeo} from`,
  ]);
});
