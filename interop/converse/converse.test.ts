// Converse.js, unmodified, in a browser on a page from another origin than our server's (XEP-0156; ADR 0005). Skipped where it or a browser is missing.
import { House } from '@parlance/scenarios/house';
import { desktop, hasBrowser, installsBrowser, Screens } from '@parlance/scenarios/web/browser';
import { Cable } from '@parlance/scenarios/web/cable';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { missingLibrary } from '../missing.ts';
import { leadsTo, Site } from '../site.ts';
import { Converse } from './converse.ts';

const install = hasBrowser ? missingLibrary('converse.js') : `no browser: ${installsBrowser}`;
const domain = 'capulet.example';
const juliet = `juliet@${domain}`;
const romeo = `romeo@${domain}`;

describe.skipIf(install !== undefined)(`Converse.js (${install ?? 'installed'})`, () => {
  let site: Site;
  let stranger: Site;
  let house: House;
  let cable: Cable;
  let screens: Screens;
  let phone: Converse;
  let laptop: Converse;
  let friend: Converse;

  beforeAll(async () => {
    site = await Site.open('converse/index.html', 'converse.js');
    stranger = await Site.open('converse/index.html', 'converse.js');
    house = await House.open({ yaml: `domains: [${domain}]\nhttp: { origins: ['${site.origin}'] }` });
    await house.people(juliet, romeo);
    cable = await Cable.lay(() => house.port('http'));
    screens = await Screens.open(site.origin, ...leadsTo(house, domain));
  }, 60_000);

  afterAll(async () => {
    // A BOSH session without its browser would be waited for.
    await friend?.leave();
    await screens?.close();
    await cable?.close();
    await house?.close();
    site?.close();
    stranger?.close();
  }, 30_000);

  test('signs in where host-meta leads, by BOSH, and by a WebSocket that it is told', async () => {
    const opened = [
      Converse.open(screens, site.origin),
      Converse.open(screens, site.origin, { bosh_service_url: `http://localhost:${house.port('http')}/http-bind` }),
      Converse.open(screens, site.origin, { websocket_url: `${cable.url.replace('http', 'ws')}xmpp-websocket` }),
    ] as const;
    [phone, friend, laptop] = await Promise.all(opened);
    await Promise.all([phone.signIn(juliet), friend.signIn(romeo), laptop.signIn(juliet)]);
    expect(await phone.page.evaluate('stage.api.connection.get().service')).toBe(`wss://${domain}/xmpp-websocket`);
    expect(await friend.page.evaluate(`stage.api.connection.isType('bosh')`)).toBe(true);
  });

  test('asks, is let in, lets in, and sees who is there', async () => {
    await phone.add(romeo);
    await friend.accept();
    await phone.contact(romeo, 'online').waitFor();
    await friend.ask(juliet);
    await friend.contact(juliet, 'online').waitFor();
    expect(await laptop.contact(romeo, 'online').count()).toBe(1);
  });

  test('talks both ways, and each device has it all', async () => {
    await phone.chat(romeo);
    await laptop.chat(romeo);
    await phone.say('Art thou not Romeo?');
    await friend.chat(juliet);
    await friend.shows('Art thou not Romeo?');
    await friend.say('Neither, fair maid. 若你不喜歡 💔');
    for (const device of [phone, laptop]) {
      await device.shows('Art thou not Romeo?');
      await device.shows('Neither, fair maid. 若你不喜歡 💔');
    }
    expect(await laptop.page.locator('.chat-msg').count()).toBe(2);
  });

  test('comes back when the line was broken, and has missed nothing', async () => {
    const broken = laptop.comesBack();
    cable.pull();
    await friend.say('By a name');
    await phone.shows('By a name');
    cable.plugIn();
    await broken;
    await laptop.shows('By a name');
    expect(await laptop.page.evaluate('stage.api.connection.get().hasResumed()')).toBe(true);
  });

  test('goes on after the page was loaded again', async () => {
    await Promise.all([phone.page.reload(), friend.page.reload()]);
    await phone.contact(romeo, 'online').waitFor();
    await friend.contact(juliet, 'online').waitFor();
    await phone.shows('Neither, fair maid. 若你不喜歡 💔');
    expect(await friend.page.evaluate('stage.api.connection.get().restored')).toBe(true);
    await friend.say('I know not how to tell thee who I am');
    await phone.shows('I know not how to tell thee who I am');
  });

  test('reads the archive on a device that has nothing', async () => {
    const tablet = await Converse.open(screens, site.origin);
    await tablet.signIn(juliet);
    await tablet.chat(romeo);
    for (const text of ['Art thou not Romeo?', 'By a name', 'I know not how to tell thee who I am'])
      await tablet.shows(text);
    expect(await tablet.page.locator('.chat-msg').count()).toBe(4);
  });

  test('reaches nothing from a page of any other origin but host-meta', async () => {
    const at = `//localhost:${house.port('http')}`;
    const look = `Promise.all([
      new Promise((resolve) => {
        const socket = new WebSocket('ws:${at}/xmpp-websocket', 'xmpp');
        for (const end of ['open', 'error']) socket.addEventListener(end, () => resolve(end));
      }),
      fetch('http:${at}/http-bind', { method: 'POST', body: '<body/>' }).then(({ status }) => status, ({ name }) => name),
      fetch('http:${at}/.well-known/host-meta').then(({ status }) => status),
    ])`;
    const page = await (await screens.context(desktop)).newPage();
    await page.goto(`${site.origin}/manifest.json`);
    expect(await page.evaluate(look)).toEqual(['open', 200, 200]);
    await page.goto(`${stranger.origin}/manifest.json`);
    expect(await page.evaluate(look)).toEqual(['error', 'TypeError', 200]);
  });
});
