// Publishing: by entity-tag, renewed in time, begun again when forgotten, taken back (RFC 3903 §4).
import { expires, sipEtag } from '@parlance/sip/headers/plain';
import { make } from '@parlance/sip/message';
import { encodeText } from '@parlance/sip/text';
import { FakeClock } from '@parlance/testkit/fake-clock';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Result, UserAgent } from './agent.ts';
import { Publication } from './publication.ts';
import { Desk } from './testing/desk.ts';

describe('a publication', () => {
  let clock: FakeClock;
  let desk: Desk;
  let agent: UserAgent;
  let publication: Publication;
  const ended: Result[] = [];

  beforeEach(async () => {
    clock = new FakeClock();
    desk = await Desk.open();
    agent = await desk.agent(clock);
    ended.length = 0;
    let tags = 0;
    desk.answer = (request) => ({
      status: 200,
      fields: [make(sipEtag, `tag${++tags}`), make(expires, Math.min(600, request.one(expires)))],
    });
    publication = new Publication({
      agent,
      clock,
      event: 'presence',
      content: { type: 'application/pidf+xml', body: encodeText('<presence/>') },
      seconds: 3_600,
      ended: (why) => ended.push(why),
    });
  });

  afterEach(() => {
    agent.close();
    desk.close();
  });

  const matches = (): readonly (string | undefined)[] =>
    desk.requests('PUBLISH').map((request) => request.text('sip-if-match'));

  it('goes on under the tag of the answer before, and is taken back under the last', async () => {
    expect(await publication.begin()).toMatchObject({ status: 200 });
    clock.advance(300_000);
    await expect.poll(matches).toEqual([undefined, 'tag1']);
    await agent.settled();
    await publication.end();
    expect(matches()).toEqual([undefined, 'tag1', 'tag2']);
    const last = desk.requests('PUBLISH').at(-1);
    expect([last?.text('expires'), last?.body.length]).toEqual(['0', 0]);
    clock.advance(3_600_000);
    expect(ended).toEqual([]);
  });

  it('that the server has forgotten is a first one again', async () => {
    await publication.begin();
    const before = desk.answer;
    desk.answer = (request) => (request.has('sip-if-match') ? { status: 412 } : before(request));
    clock.advance(300_000);
    await expect.poll(matches).toEqual([undefined, 'tag1', undefined]);
    expect(ended).toEqual([]);
  });

  it('tells when it cannot be renewed', async () => {
    await publication.begin();
    desk.answer = () => ({ status: 403 });
    clock.advance(300_000);
    await expect.poll(() => ended).toMatchObject([{ status: 403 }]);
  });
});
