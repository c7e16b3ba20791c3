// Too many sessions of one account: those that nobody is connected to make room, connected ones do not (RFC 6120 §7.6.2.1).
import type { Address } from '@parlance/core/ids';
import { type EmbeddedStorage, openEmbedded } from '@parlance/testkit/embedded-storage';
import { FakeClock } from '@parlance/testkit/fake-clock';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { Stage } from '../testing/stage.ts';
import type { StageClient } from '../testing/stage-client.ts';

const juliet = 'juliet@capulet.example';

let storage: EmbeddedStorage;
let stage: Stage;

beforeEach(async () => {
  storage = await openEmbedded();
  await storage.account(juliet);
  stage = new Stage({ clock: new FakeClock(0), ...storage, extensions: [] });
});
afterEach(() => storage.close());

const fill = async (): Promise<readonly StageClient[]> => {
  const clients: StageClient[] = [];
  for (let n = 0; n < stage.context.limits.sessions; n++) {
    const client = await stage.bind(juliet, `r${n}`);
    client.enable();
    clients.push(client);
  }
  return clients;
};

test('a new session is refused while all are connected', async () => {
  await fill();
  await expect(stage.bind(juliet, 'one too many')).rejects.toThrow('overloaded');
});

test('the oldest session that was lost makes room, however often a client comes anew', async () => {
  const clients = await fill();
  clients[3]?.drop();
  clients[7]?.drop();
  await stage.bind(juliet, 'first');
  await stage.bind(juliet, 'second');
  const labels = stage.context.table.sessions(juliet as Address).map(({ label }) => label);
  expect(labels).toHaveLength(stage.context.limits.sessions);
  expect(labels).not.toContain('r3');
  expect(labels).not.toContain('r7');
  await expect(stage.bind(juliet, 'third')).rejects.toThrow('overloaded');
});
