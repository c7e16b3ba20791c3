// Messages between phones, and between a phone and a chat client: live, while away, to all devices, each once (RFC 3428, RFC 7572).

import { el } from '@parlance/xml/element';
import { namespaces } from '@parlance/xmpp/namespaces';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { House } from '../house.ts';
import { type Phone, phone } from './phone.ts';

const { client: ns } = namespaces;
const [juliet, romeo] = ['juliet@localhost', 'romeo@localhost'];

describe('two phones and a chat client', () => {
  let house: House;
  let hers: Phone;
  let his: Phone;

  beforeAll(async () => {
    house = await House.open();
    await house.people(juliet, romeo);
    hers = await phone(house, juliet);
    his = await phone(house, romeo);
  });

  afterAll(async () => {
    hers?.close();
    his?.close();
    await house.close();
  });

  it('registers with the password of the account', async () => {
    expect(await hers.agent.register()).toMatchObject({ status: 200 });
    expect(await his.agent.register()).toMatchObject({ status: 200 });
  });

  it('carries a message to the other phone, and says that it was accepted', async () => {
    expect(await hers.agent.message(`sip:${romeo}`, 'Art thou not Romeo?')).toMatchObject({ status: 202 });
    expect(await his.heard('Art thou not Romeo?')).toBe(`sip:${juliet}`);
    expect(await his.agent.message(`sip:${juliet}`, 'Neither, fair saint')).toMatchObject({ status: 202 });
    expect(await hers.heard('Neither, fair saint')).toBe(`sip:${romeo}`);
  });

  it('gives a phone in order what came while it was away', async () => {
    await his.agent.register(0);
    for (const word of ['one', 'two', 'three']) await hers.agent.message(`sip:${romeo}`, word);
    await his.agent.register();
    await his.heard('three');
    expect(his.said.slice(-3)).toEqual(['one', 'two', 'three']);
  });

  it('crosses to a chat client, which had not been there, and back', async () => {
    const client = await house.client(romeo);
    const seen: string[] = [];
    client.on('message', (stanza) => {
      const body = stanza.childText('body');
      if (body !== undefined) seen.push(body);
    });
    client.send(el('presence', ns));
    await expect.poll(() => seen).toContain('three');
    await hers.agent.message(`sip:${romeo}`, 'for both of you');
    await expect.poll(() => seen).toContain('for both of you');
    await his.heard('for both of you');
    client.send(el('message', ns, { to: juliet, type: 'chat' }, el('body', ns, {}, '若你不喜歡')));
    expect(await hers.heard('若你不喜歡')).toContain(`sip:${romeo};gr=`);
    expect(hers.said.filter((text) => text === '若你不喜歡')).toHaveLength(1);
  });

  it('nobody speaks for another, and nobody without a password', async () => {
    const stranger = await phone(house, romeo, { password: 'wrong' });
    expect(await stranger.agent.message(`sip:${juliet}`, 'let me in')).toMatchObject({ status: 407 });
    stranger.close();
  });
});
