// XEP-0092 §2: the server names its software and version.
import { type EmbeddedStorage, openEmbedded } from '@parlance/testkit/embedded-storage';
import { FakeClock } from '@parlance/testkit/fake-clock';
import { serialise } from '@parlance/xml/serialise';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { Stage } from '../testing/stage.ts';
import { softwareVersion } from './xep-0092.version.ts';

let storage: EmbeddedStorage;

beforeAll(async () => {
  storage = await openEmbedded('juliet@capulet.example');
});
afterAll(() => storage.close());

test('name and version, not the operating system (Example 2)', async () => {
  const stage = new Stage({ clock: new FakeClock(), ...storage, extensions: [softwareVersion('Exodus', '0.7.0.4')] });
  const client = await stage.bind('juliet@capulet.example', 'balcony');
  const answer = await client.ask(
    "<iq type='get' id='version_1' to='capulet.example'><query xmlns='jabber:iq:version'/></iq>",
  );
  expect(answer.elements().map((child) => serialise(child))).toEqual([
    "<query xmlns='jabber:iq:version'><name>Exodus</name><version>0.7.0.4</version></query>",
  ]);
});
