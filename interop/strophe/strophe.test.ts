// Strophe.js, unmodified, in a browser on a page from another origin: BOSH with its session kept and handed on, and WebSocket. Skipped where it or a browser is missing.
import { House, password } from '@parlance/scenarios/house';
import { desktop, hasBrowser, installsBrowser, Screens } from '@parlance/scenarios/web/browser';
import type { XmppClient } from '@parlance/xmpp-client/client';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { missingLibrary } from '../missing.ts';
import { Site } from '../site.ts';
import { attentive, heard, say } from '../stanzas.ts';

type Page = Awaited<ReturnType<Screens['page']>>;

const install = hasBrowser ? missingLibrary('strophe.js') : `no browser: ${installsBrowser}`;
const juliet = 'juliet@localhost';
const romeo = 'romeo@localhost';

describe.skipIf(install !== undefined)(`Strophe.js (${install ?? 'installed'})`, () => {
  let site: Site;
  let house: House;
  let screens: Screens;
  let page: Page;
  let other: XmppClient;
  let bosh: string;
  let webSocket: string;

  beforeAll(async () => {
    site = await Site.open('strophe/index.html', 'strophe.js');
    house = await House.open({ yaml: `http: { origins: ['${site.origin}'] }` });
    await house.people(juliet, romeo);
    other = await attentive(house, romeo);
    bosh = `http://localhost:${house.port('http')}/http-bind`;
    webSocket = `ws://localhost:${house.port('http')}/xmpp-websocket`;
    screens = await Screens.open(site.origin);
    page = await screens.page(desktop);
  }, 60_000);

  afterAll(async () => {
    await screens?.close();
    await house?.close();
    site?.close();
  }, 30_000);

  /** Calls a function of the page with these arguments. */
  const call = <T>(name: string, ...args: readonly unknown[]): Promise<T> =>
    page.evaluate(`play.${name}(...${JSON.stringify(args)})`);

  /** A message each way. */
  const talk = async (jid: string, words: string): Promise<void> => {
    const question = heard(other, words);
    await call('say', romeo, words);
    expect((await question).attr('from')).toBe(jid);
    other.send(say(jid, `${words} 💔`));
    await page.waitForFunction(`play.messages.includes(${JSON.stringify(`${words} 💔`)})`);
  };

  test('over BOSH: talks, and asks', async () => {
    const jid = await call<string>('signIn', bosh, { keepalive: true }, 'juliet', password);
    await talk(jid, 'by BOSH');
    expect(await call('ask', 'jabber:iq:roster')).toBe('jabber:iq:roster');
  });

  test('restores its session when the page was loaded again; what came meanwhile is there, once', async () => {
    const { jid } = await call<{ jid: string }>('session');
    await page.goto('about:blank');
    other.send(say(jid, 'meanwhile'));
    await page.goto(site.origin);
    expect(await call('restore', bosh, 'juliet')).toBe(jid);
    await page.waitForFunction(`play.messages.includes('meanwhile')`);
    await talk(jid, 'restored');
    expect(await page.evaluate('play.messages')).toEqual(['meanwhile', 'restored 💔']);
  });

  test('attaches to a session by its id and the next request id', async () => {
    const { jid, sid, rid } = await call<{ jid: string; sid: string; rid: number }>('session');
    await page.goto('about:blank');
    await page.goto(site.origin);
    await call('attach', bosh, jid, sid, rid);
    await talk(jid, 'attached');
    expect(await call('leave')).toBe(true);
  });

  test('over a WebSocket: talks, asks, leaves', async () => {
    const jid = await call<string>('signIn', webSocket, {}, 'juliet', password);
    await talk(jid, 'by WebSocket');
    expect(await call('ask', 'jabber:iq:roster')).toBe('jabber:iq:roster');
    expect(await call('leave')).toBe(true);
  });

  test('with a wrong password is told so', async () => {
    await expect(call('signIn', bosh, {}, 'juliet', 'wrong')).rejects.toThrow('AUTHFAIL');
    expect(await call('leave')).toBe(true);
  });
});
