// Nobody fills another's mailbox (XEP-0160 §2, step 3): what waits is bounded, also across a restart, and strangers may leave little.
import { el } from '@parlance/xml/element';
import { namespaces } from '@parlance/xmpp/namespaces';
import type { XmppClient } from '@parlance/xmpp-client/client';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { House } from './house.ts';

const { client: ns } = namespaces;
const juliet = 'juliet@localhost';
const romeo = 'romeo@localhost';
const tybalt = 'tybalt@localhost';

let house: House;

beforeEach(async () => {
  house = await House.open({ yaml: 'limits: {pendingPerAccount: 3, strangerMessagesPerDay: 2}\n' });
  await house.people(juliet, romeo, tybalt);
});
afterEach(() => house.close());

/** Sends so many messages; the names of the errors that came back before a request was answered. */
const leave = async (from: XmppClient, to: string, count: number): Promise<readonly (string | undefined)[]> => {
  const errors: (string | undefined)[] = [];
  const stop = from.on('message', (message) => {
    if (message.attr('type') === 'error') errors.push(message.child('error')?.elements()[0]?.name);
  });
  for (let n = 0; n < count; n++)
    from.send(el('message', ns, { to, type: 'chat', id: `m${n}` }, el('body', ns, {}, `${n}`)));
  await from.request('get', el('query', namespaces.discoInfo));
  stop();
  return errors;
};

it('checklist 35: a stranger may leave two messages, all together three, also after a restart', async () => {
  const one = await house.client(romeo);
  expect(await leave(one, juliet, 3)).toEqual(['policy-violation']);
  const other = await house.client(tybalt);
  expect(await leave(other, juliet, 2)).toEqual(['service-unavailable']);
  await one.close();
  await other.close();
  await house.stop();
  await house.start();
  const again = await house.client(romeo);
  expect(await leave(again, juliet, 1)).toEqual(['service-unavailable']);
});
