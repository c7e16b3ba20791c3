// A call against a scripted other side: ringing, taken, handed on, held, refused (RFC 3261 §13; RFC 3264 §8.4; RFC 3515 §2.4).
import { Dialog } from '@parlance/sip/dialog/dialog';
import { Field } from '@parlance/sip/field';
import { contact, type NameAddr } from '@parlance/sip/headers/name-addr';
import { make, type SipRequest } from '@parlance/sip/message';
import type { Answer } from '@parlance/sip/response';
import { answerAudio } from '@parlance/sip/sdp/audio';
import { readDescription, writeDescription } from '@parlance/sip/sdp/description';
import { encodeText } from '@parlance/sip/text';
import { FakeClock } from '@parlance/testkit/fake-clock';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { UserAgent } from './agent.ts';
import { AudioSession } from './audio/rtp.ts';
import { Call } from './call.ts';
import { Desk } from './testing/desk.ts';

const romeo = 'sip:romeo@example.com';

describe('a call', () => {
  let clock: FakeClock;
  let desk: Desk;
  let agent: UserAgent;
  const ends: string[] = [];
  const progress: number[] = [];

  const own = (): NameAddr => ({ display: '', uri: `sip:desk@127.0.0.1:${desk.port}`, parameters: [] });

  /** The answer of somebody who takes every call. */
  const takes = ({ body }: SipRequest): Answer => {
    const answer = answerAudio(readDescription(body), {
      id: '7',
      version: 1,
      address: '127.0.0.1',
      port: 40_000,
      codecs: ['pcma'],
      direction: 'sendrecv',
    });
    if (answer === undefined) return { status: 488 };
    const fields = [make(contact, own()), Field.make('content-type', 'application/sdp')];
    return { status: 200, fields, body: writeDescription(answer) };
  };

  const calling = async (): Promise<unknown> => {
    const audio = await AudioSession.open(clock, '127.0.0.1', new Int16Array(0), new Uint8Array(10));
    return agent.dial(
      romeo,
      audio,
      (why) => ends.push(why),
      (status) => progress.push(status),
    ).result;
  };

  /** The INVITE that came first. */
  const invited = (): SipRequest => {
    const [invite] = desk.requests('INVITE');
    if (invite === undefined) throw new Error('no INVITE');
    return invite;
  };

  const taken = async (): Promise<Call> => {
    desk.answer = (request) => (request.method === 'INVITE' ? takes(request) : { status: 200 });
    const call = await calling();
    if (!(call instanceof Call)) throw new Error('not taken');
    return call;
  };

  beforeEach(async () => {
    clock = new FakeClock();
    desk = await Desk.open();
    agent = await desk.agent(clock);
    ends.length = 0;
    progress.length = 0;
  });

  afterEach(() => {
    agent.close();
    desk.close();
  });

  it('is handed on, and hears how that goes', async () => {
    const call = await taken();
    const told: number[] = [];
    desk.answer = () => ({ status: 202 });
    expect(await call.transfer('sip:mercutio@example.com', (status) => told.push(status))).toMatchObject({
      status: 202,
    });
    const refer = desk.requests('REFER')[0];
    expect(['refer-to', 'referred-by'].map((id) => refer?.text(id))).toEqual([
      '<sip:mercutio@example.com>',
      '<sip:juliet@example.com>',
    ]);
    const invite = invited();
    const dialog = Dialog.ofRequest(invite, 'desk', own());
    for (const line of ['SIP/2.0 100 Trying', 'SIP/2.0 200 OK', 'nothing of the kind'])
      desk.send(
        dialog.request('NOTIFY', {
          fields: [
            Field.make('event', 'refer'),
            Field.make('subscription-state', 'active'),
            Field.make('content-type', 'message/sipfrag'),
          ],
          body: encodeText(`${line}\r\n`),
        }),
        agent.flow.local,
      );
    await expect.poll(() => desk.log.slice(-3)).toEqual(['200', '200', '400']);
    expect(told).toEqual([100, 200]);
    expect(call.state).toBe('connected');
  });

  it('is held and taken up again, each with a new version of our description', async () => {
    const call = await taken();
    call.hold(true);
    await expect.poll(() => desk.log.filter((each) => each === 'ACK')).toHaveLength(2);
    call.hold(false);
    await expect.poll(() => desk.log.filter((each) => each === 'ACK')).toHaveLength(3);
    const offers = desk.requests('INVITE').map(({ body }) => new TextDecoder().decode(body));
    expect(offers.map((text) => /^a=(sendrecv|sendonly)/m.exec(text)?.[1])).toEqual([
      'sendrecv',
      'sendonly',
      'sendrecv',
    ]);
    expect(offers.map((text) => /^o=- 1 (\d+)/m.exec(text)?.[1])).toEqual(['1', '2', '3']);
  });

  it('is ended by the other side', async () => {
    const call = await taken();
    const invite = invited();
    desk.send(Dialog.ofRequest(invite, 'desk', own()).request('BYE'), agent.flow.local);
    await expect.poll(() => ends).toEqual(['the other side hung up']);
    expect(call.state).toBe('ended');
  });

  it.each([
    ['cannot be read', 'nonsense'],
    ['has no sound', 'v=0\r\no=- 1 1 IN IP4 127.0.0.1\r\ns=-\r\nt=0 0\r\nm=audio 0 RTP/AVP 0\r\n'],
  ])('is acknowledged and ended when what the other side takes %s', async (_kind, body) => {
    desk.answer = (request) =>
      request.method === 'INVITE' ? { ...takes(request), body: encodeText(body) } : { status: 200 };
    await calling();
    await expect.poll(() => desk.log).toEqual(['INVITE', 'ACK', 'BYE']);
    expect(ends).toEqual(['no sound in common']);
  });

  it('goes on waiting when a response cannot be read', async () => {
    let count = 0;
    desk.answer = () => (count++ === 0 ? { status: 200, fields: [Field.make('contact', '<')] } : { status: 603 });
    const result = calling();
    await expect.poll(() => desk.log).toEqual(['INVITE']);
    clock.advance(500);
    expect(await result).toMatchObject({ status: 603 });
  });

  it('is not there when it is refused', async () => {
    desk.answer = () => ({ status: 486 });
    expect(await calling()).toMatchObject({ status: 486 });
    expect(ends).toEqual(['refused']);
  });

  it('that offers nothing we can take is refused, and its port is given back', async () => {
    const other = await AudioSession.open(clock, '127.0.0.1', new Int16Array(0), new Uint8Array(10));
    const refused = new Promise<Call | undefined>((resolve) => {
      agent.onCall = (_request, transaction) => resolve(agent.ring(transaction, other, (why) => ends.push(why)));
    });
    const [from, to] = ['<sip:romeo@example.com>;tag=r', '<sip:juliet@example.com>'];
    const dialog = { 'max-forwards': '70', from, to, 'call-id': 'c', cseq: '1 INVITE', contact: `<${own().uri}>` };
    const call = await taken();
    const fields = Object.entries(dialog).map(([id, value]) => Field.make(id, value));
    const invite = invited();
    const sdp = 'v=0\r\no=- 1 1 IN IP4 127.0.0.1\r\ns=-\r\nc=IN IP4 127.0.0.1\r\nt=0 0\r\nm=video 9 RTP/AVP 96\r\n';
    const typed = [...fields, Field.make('content-type', 'application/sdp')];
    desk.send(invite.with({ uri: agent.contact, fields: typed, body: encodeText(sdp) }), agent.flow.local);
    expect(await refused).toBeUndefined();
    await expect.poll(() => desk.log).toContain('488');
    expect(ends).toEqual(['nothing for us']);
    expect(call.state).toBe('connected');
  });
});
