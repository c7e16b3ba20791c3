// Tabs of one browser that share what the device keeps, where browsers have no Web Locks: off a secure path.
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { House, password } from '../house.ts';
import { desktop, hasBrowser, installsBrowser, Screens } from './browser.ts';
import { Cable } from './cable.ts';
import { frames, say, signedIn, signIn, tryNow } from './steps.ts';

describe.skipIf(!hasBrowser)(`two tabs without locks (needs a browser: ${installsBrowser})`, () => {
  let house: House;
  let cable: Cable;
  let screens: Screens;

  beforeAll(async () => {
    house = await House.open();
    await house.people('juliet@localhost', 'romeo@localhost');
    cable = await Cable.lay(() => house.port('http'));
    screens = await Screens.open(cable.url);
  }, 60_000);

  afterAll(async () => {
    await screens?.close();
    await cable?.close();
    await house?.close();
  }, 30_000);

  it('send once what each has written, also after a long break', async () => {
    const context = await screens.context(desktop);
    await context.addInitScript("Object.defineProperty(Navigator.prototype, 'locks', { get: () => undefined })");
    const tabs = [await context.newPage(), await context.newPage()];
    const said = tabs.map((tab) => frames(tab));
    for (const tab of tabs) {
      await tab.goto(`${cable.url}#/romeo%40localhost`);
      await signIn(tab, 'juliet', password);
      await signedIn(tab);
    }
    cable.pull();
    for (const [index, tab] of tabs.entries()) {
      await tab.getByText('What you write is kept').last().waitFor();
      await say(tab, `Written in tab ${index}`);
    }
    // As long as a tab needs to find what another has left, and to take it for its own.
    await tabs[0]?.waitForTimeout(10_000);
    cable.plugIn();
    await Promise.all(tabs.map((tab) => tryNow(tab)));
    const sent = (): readonly (string | undefined)[] =>
      said.flat().flatMap((frame) => /<body>(.*)<\/body>/.exec(frame)?.[1] ?? []);
    await expect.poll(() => sent().length, { timeout: 15_000 }).toBeGreaterThanOrEqual(2);
    await tabs[0]?.waitForTimeout(1_000);
    expect(sent()).toHaveLength(2);
    expect(new Set(sent())).toEqual(new Set(['Written in tab 0', 'Written in tab 1']));
  }, 60_000);
});
