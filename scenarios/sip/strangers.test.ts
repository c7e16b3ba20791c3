// What strangers can do by SIP: nothing in anybody's name, and nothing that stays (SECURITY-CHECKLIST 48, 49, 55).
import { createSocket, type Socket } from 'node:dgram';
import { once } from 'node:events';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { House } from '../house.ts';
import { type Phone, phone } from './phone.ts';

const [juliet, romeo] = ['juliet@localhost', 'romeo@localhost'];

const request = (method: string, from: string, to: string, number: number): string =>
  [
    `${method} sip:${method === 'REGISTER' ? 'localhost' : to} SIP/2.0`,
    `Via: SIP/2.0/UDP 127.0.0.1:9;branch=z9hG4bKstranger${number};rport`,
    'Max-Forwards: 70',
    `From: <sip:${from}>;tag=${number}`,
    `To: <sip:${to}>`,
    `Call-ID: stranger-${number}`,
    `CSeq: 1 ${method}`,
    'Contact: <sip:mallory@127.0.0.1:9>',
    'Event: presence',
    'Content-Length: 0',
    '',
    '',
  ].join('\r\n');

describe('a stranger by UDP', () => {
  let house: House;
  let his: Phone;
  let socket: Socket;
  let asked = 0;

  beforeAll(async () => {
    house = await House.open();
    await house.people(juliet, romeo);
    his = await phone(house, romeo);
    await his.agent.register();
    socket = createSocket('udp4').bind(0, '127.0.0.1');
    await once(socket, 'listening');
  });

  afterAll(async () => {
    socket?.close();
    his?.close();
    await house.close();
  });

  const answerTo = async (method: string, from: string, to: string): Promise<string> => {
    const answered = once(socket, 'message') as Promise<[Buffer]>;
    socket.send(request(method, from, to, ++asked), house.port('sipUdp'), '127.0.0.1');
    const [bytes] = await answered;
    return bytes.toString().slice('SIP/2.0 '.length, 'SIP/2.0 '.length + 3);
  };

  const methods = ['INVITE', 'MESSAGE', 'SUBSCRIBE', 'PUBLISH', 'NOTIFY', 'INFO', 'REFER', 'UPDATE', 'BYE', 'FOO'];

  it.each(methods)('checklist 48: %s needs credentials', async (method) => {
    expect(await answerTo(method, juliet, romeo)).toBe('407');
    expect(his.said).toEqual([]);
  });

  it('checklist 48: REGISTER does, OPTIONS to the server does not', async () => {
    expect(await answerTo('REGISTER', juliet, juliet)).toBe('401');
    expect(await answerTo('OPTIONS', juliet, romeo)).toBe('407');
  });

  it.each(methods)('checklist 49: %s by somebody of a domain that nobody vouches for is refused', async (method) => {
    expect(await answerTo(method, 'mallory@elsewhere.example', romeo)).toBe('403');
  });

  it('checklist 49: who has an account speaks for himself only', async () => {
    const hers = await phone(house, juliet);
    expect(await hers.agent.message(`sip:${romeo}`, 'it is I')).toMatchObject({ status: 202 });
    expect(await his.heard('it is I')).toBe(`sip:${juliet}`);
    hers.close();
  });

  it('checklist 55: thousands of requests leave no transaction behind', async () => {
    let answers = 0;
    socket.on('message', () => answers++);
    for (let round = 0; round < 20; round++) {
      for (let n = 0; n < 100; n++)
        socket.send(request('INVITE', juliet, romeo, ++asked), house.port('sipUdp'), '127.0.0.1');
      await expect.poll(() => answers, { timeout: 5_000 }).toBeGreaterThanOrEqual(round * 50);
    }
    expect(house.running.sip.transactions.counts.servers).toBeLessThan(5);
  });
});
