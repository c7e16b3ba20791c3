// Whether somebody is looking, to a server that wants to know: said when it changes, and again to every new stream (XEP-0352 §4.2, §5).
import { FakeClock } from '@parlance/testkit/fake-clock';
import { el } from '@parlance/xml/element';
import { namespaces } from '@parlance/xmpp/namespaces';
import { expect, test } from 'vitest';
import { systemPlatform } from '../platform.ts';
import { clientOf } from '../testing/scripted-client.ts';
import { type Script, ScriptedServer } from '../testing/scripted-server.ts';
import { ClientStateIndication } from './csi.ts';

const play = () => {
  const [clock, server] = [new FakeClock(), new ScriptedServer()];
  const client = clientOf(server, { platform: { ...systemPlatform, clock } });
  /** The connection breaks and comes back. */
  const again = async (script: Script): Promise<void> => {
    server.cut();
    const back = Promise.race([client.once('online'), client.once('resumed')]);
    const admitted = server.admit(script);
    await clock.advanceAsync(2_000);
    await Promise.all([admitted, back]);
  };
  return { server, client, again, indication: new ClientStateIndication(client) };
};

test('nobody looks before the first stream: it is said once there is one; later only changes are', async () => {
  const { server, client, indication } = play();
  indication.active = false;
  await Promise.all([client.connect(), server.admit({ csi: true })]);
  expect(await server.next()).toEqual(el('inactive', namespaces.csi));
  indication.active = false;
  indication.active = true;
  expect(await server.next()).toEqual(el('active', namespaces.csi));
});

test.each([
  ['resumed', { csi: true, resume: { answer: 'resumed', h: 0 } }],
  ['new', { csi: true, resume: { answer: 'failed' } }],
] as const)('a %s stream is told again that nobody looks (§5.2)', async (_, script) => {
  const { server, client, again, indication } = play();
  await Promise.all([client.connect(), server.admit({ csi: true })]);
  indication.active = false;
  await server.stanza('inactive');
  await again(script);
  expect((await server.next()).name).toBe('inactive');
});
