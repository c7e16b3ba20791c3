// XEP-0202 §2: the server tells the time of its clock in UTC.
import { type EmbeddedStorage, openEmbedded } from '@parlance/testkit/embedded-storage';
import { FakeClock } from '@parlance/testkit/fake-clock';
import { serialise } from '@parlance/xml/serialise';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { Stage } from '../testing/stage.ts';
import { entityTime } from './xep-0202.time.ts';

let storage: EmbeddedStorage;

beforeAll(async () => {
  storage = await openEmbedded('juliet@capulet.example');
});
afterAll(() => storage.close());

test('offset and time (Example 2)', async () => {
  const clock = new FakeClock(Date.UTC(2006, 11, 19, 17, 58, 35));
  const stage = new Stage({ clock, ...storage, extensions: [entityTime] });
  const client = await stage.bind('juliet@capulet.example', 'balcony');
  const answer = await client.ask("<iq type='get' id='time_1' to='capulet.example'><time xmlns='urn:xmpp:time'/></iq>");
  expect(answer.elements().map((child) => serialise(child))).toEqual([
    "<time xmlns='urn:xmpp:time'><tzo>+00:00</tzo><utc>2006-12-19T17:58:35.000Z</utc></time>",
  ]);
});
