// The page in a real browser on a real server: two people meet and talk; a picture of every state goes to docs/screens.
import type { Address } from '@parlance/core/ids';
import AxeBuilder from 'axe-core';
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { House, password } from '../house.ts';
import { desktop, hasBrowser, installsBrowser, phone, Screens } from './browser.ts';
import { Cable } from './cable.ts';
import { focused, frames, person, picture, say, signedIn, signIn, tryNow } from './steps.ts';

/** Serious findings of axe-core on what is on the screen now, as sentences. */
const barriers = async (page: Page): Promise<readonly string[]> => {
  // What is still fading in has not got its contrast yet.
  await page.waitForTimeout(400);
  await page.evaluate(AxeBuilder.source);
  return page.evaluate(async () => {
    const axe = (globalThis as unknown as { axe: typeof AxeBuilder }).axe;
    const { violations } = await axe.run({ runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa'] });
    return violations.map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html.slice(0, 160)).join(' | ')}`);
  });
};

const dark = { ...desktop, theme: 'dark' } as const;
const chinese = { ...desktop, locale: 'zh-CN' } as const;
const darkPhone = { ...phone, theme: 'dark' } as const;

describe.skipIf(!hasBrowser)(`the web page (needs a browser: ${installsBrowser})`, () => {
  let house: House;
  let cable: Cable;
  let screens: Screens;
  let juliet: Page;
  let romeo: Page;

  beforeAll(async () => {
    house = await House.open();
    await house.people('juliet@localhost', 'romeo@localhost', 'nurse@localhost', 'mercutio@localhost');
    cable = await Cable.lay(() => house.port('http'));
    screens = await Screens.open(cable.url);
  }, 60_000);

  afterAll(async () => {
    await screens?.close();
    await cable?.close();
    await house?.close();
  }, 30_000);

  it('signs in with a short name; a wrong password is one sentence and keeps the name', async () => {
    juliet = await screens.page(desktop);
    await juliet.locator('input[name=username]').waitFor();
    await picture(juliet, 'sign-in');
    expect(await barriers(juliet)).toEqual([]);
    await juliet.locator('button[type=submit]').click();
    expect(await focused(juliet)).toBe('username');
    await juliet.getByText('Enter your name.').waitFor();
    await signIn(juliet, 'juliet', 'wrong');
    await juliet.getByText('Name and password do not match.').waitFor();
    expect(await juliet.locator('input[name=username]').inputValue()).toBe('juliet');
    await picture(juliet, 'sign-in-wrong');
    const begun = performance.now();
    await signIn(juliet, 'juliet', password);
    await signedIn(juliet);
    expect(performance.now() - begun).toBeLessThan(3_000);
    await juliet.getByText('Nobody here yet').waitFor();
    expect(await focused(juliet)).toBe('Conversations');
    await picture(juliet, 'empty');
  });

  it('adds a person in one request, who accepts once; both then see each other', async () => {
    await juliet.getByRole('button', { name: 'Add a contact' }).first().click();
    await juliet.getByLabel('Name or address').fill('romeo');
    await juliet.getByLabel('Shown as (optional)').fill('Romeo Montague');
    await picture(juliet, 'add-contact');
    expect(await barriers(juliet)).toEqual([]);
    await juliet.getByRole('button', { name: 'Send request' }).click();
    await juliet.getByText('Nothing said yet').waitFor();
    await picture(juliet, 'conversation-empty');
    romeo = await screens.page(desktop);
    await signIn(romeo, 'romeo', password);
    await romeo.locator('.request').getByText('juliet would like to be in contact').waitFor();
    await romeo.getByRole('log').getByText('juliet would like to be in contact').waitFor({ state: 'attached' });
    expect(await romeo.title()).toBe('(1) Parlance');
    await picture(romeo, 'request');
    expect(await barriers(romeo)).toEqual([]);
    await romeo.getByRole('button', { name: 'Accept' }).click();
    await person(romeo, 'juliet.*Online').waitFor();
    expect(await focused(romeo)).toBe('Conversations');
    await person(juliet, 'Romeo Montague.*Online').waitFor();
    expect(await romeo.locator('.request').count()).toBe(0);
  });

  it('carries words both ways, and shows what became of them', async () => {
    await say(juliet, 'O Romeo, are you there?\nI have a new page: https://example.org/balcony');
    await person(romeo, 'juliet.*1 unread message').waitFor();
    await picture(romeo, 'unread');
    expect(await romeo.title()).toBe('(1) Parlance');
    await juliet.getByRole('img', { name: 'Delivered' }).first().waitFor();
    await person(romeo, 'juliet').click();
    await juliet.getByRole('img', { name: 'Read' }).first().waitFor();
    expect(await person(romeo, 'unread').count()).toBe(0);
    await romeo.locator('.composer-text').pressSequentially('I take thee at');
    await juliet.getByText('is typing…').waitFor();
    await picture(juliet, 'typing');
    await say(romeo, 'I take thee at thy word.');
    await juliet.getByText('I take thee at thy word.').first().waitFor();
    await say(romeo, '我们几点见？');
    await say(juliet, 'At nine. 😀');
    await romeo.getByText('At nine.').first().waitFor();
    await picture(romeo, 'conversation');
    expect(await barriers(romeo)).toEqual([]);
  });

  it('shows text as text, and links only what cannot run', async () => {
    const markup = '<img src=x onerror="document.title=1"> javascript:alert(1) <b>bold</b>';
    await say(romeo, markup);
    await juliet.locator('.bubble-text').getByText(markup).waitFor();
    expect(await juliet.locator('.bubble-text a').count()).toBe(1);
    expect(await juliet.locator('.bubble-text img').count()).toBe(0);
    const link = juliet.locator('.bubble-text a');
    expect(await link.getAttribute('rel')).toContain('noopener');
    expect(await link.getAttribute('href')).toBe('https://example.org/balcony');
  });

  it('has the same history and no unread messages after a reload', async () => {
    const before = await juliet.locator('.bubble-text').allTextContents();
    await juliet.locator('.composer-text').fill('Half a thought');
    await juliet.reload();
    await signedIn(juliet);
    await juliet.getByText('I take thee at thy word.').first().waitFor();
    await juliet.waitForTimeout(500);
    expect(await juliet.locator('.bubble-text').allTextContents()).toEqual(before);
    expect(await juliet.locator('.badge').count()).toBe(0);
    expect(await juliet.locator('.composer-text').inputValue()).toBe('Half a thought');
    await juliet.locator('.composer-text').fill('');
  });

  it('counts in its title what came while nobody looked, also where the conversation is open', async () => {
    await romeo.evaluate(`
      document.hasFocus = () => false;
      window.dispatchEvent(new Event('blur'));
    `);
    await say(juliet, 'Are you looking?');
    await expect.poll(() => romeo.title()).toBe('(1) Parlance');
    await juliet.getByRole('img', { name: 'Delivered' }).first().waitFor();
    await romeo.evaluate(`
      delete document.hasFocus;
      window.dispatchEvent(new Event('focus'));
    `);
    await expect.poll(() => romeo.title()).toBe('Parlance');
  });

  it('lets one ask again who was declined', async () => {
    const nurse = await screens.page(desktop);
    await signIn(nurse, 'nurse', password);
    await signedIn(nurse);
    const ask = nurse.locator('.request').getByText('juliet would like to be in contact');
    await juliet.getByRole('button', { name: 'Add a contact' }).first().click();
    await juliet.getByLabel('Name or address').fill('nurse');
    await juliet.getByRole('button', { name: 'Send request' }).click();
    await ask.waitFor();
    await nurse.getByRole('button', { name: 'Decline' }).click();
    await person(juliet, 'nurse.*Does not share their status').waitFor();
    await juliet.getByRole('button', { name: 'More about nurse' }).click();
    await juliet.getByRole('menuitem', { name: 'Ask to see their status' }).click();
    await person(juliet, 'nurse.*Waiting for their approval').waitFor();
    await ask.waitFor();
    await nurse.getByRole('button', { name: 'Accept' }).click();
    await person(juliet, 'nurse.*Online').waitFor();
    expect(await ask.count()).toBe(0);
    await nurse.context().close();
    await person(juliet, 'Romeo Montague').click();
  });

  it('keeps what is written while the server is away, and sends it once on return', async () => {
    cable.pull();
    await juliet.getByText('What you write is kept').last().waitFor();
    await say(juliet, 'Parting is such sweet sorrow.');
    await juliet.getByRole('img', { name: 'Waiting to be sent' }).first().waitFor();
    await picture(juliet, 'offline');
    expect(await barriers(juliet)).toEqual([]);
    // A reload would find no page; another server process knows nothing of the old streams' sockets.
    await house.stop();
    await house.start();
    cable.plugIn();
    await tryNow(juliet);
    await romeo.getByText('Parting is such sweet sorrow.').first().waitFor({ timeout: 15_000 });
    await juliet.waitForTimeout(1_000);
    for (const page of [juliet, romeo])
      expect(await page.locator('.bubble-text').getByText('Parting is such sweet sorrow.').count()).toBe(1);
    expect(await juliet.locator('.banner').count()).toBe(0);
  }, 60_000);

  it('loses nothing between two tabs: what a closed one has left is sent by the other, once', async () => {
    const second = await juliet.context().newPage();
    await second.goto(cable.url);
    await signIn(second, 'juliet', password);
    await person(second, 'Romeo Montague').click();
    cable.pull();
    const said = ['Good night, good night!', 'Parting is over.'] as const;
    for (const [index, page] of [juliet, second].entries()) {
      await page.getByText('What you write is kept').last().waitFor();
      await say(page, said[index] ?? '');
      await page.getByRole('img', { name: 'Waiting to be sent' }).first().waitFor();
    }
    await juliet.close();
    cable.plugIn();
    for (const page of [second, romeo]) await tryNow(page);
    for (const text of said) await romeo.locator('.bubble-text').getByText(text).waitFor({ timeout: 15_000 });
    await second.waitForTimeout(1_000);
    for (const page of [second, romeo])
      for (const text of said) expect(await page.locator('.bubble-text').getByText(text).count()).toBe(1);
    juliet = second;
  }, 60_000);

  it('looks right in the dark, in Chinese and on a phone', async () => {
    const again = await Screens.open(cable.url);
    try {
      for (const [name, look] of Object.entries({ dark, chinese, phone, 'phone-dark': darkPhone })) {
        const page = await again.page(look);
        await page.locator('input[name=username]').waitFor();
        await picture(page, `${name}/sign-in`);
        await signIn(page, 'juliet', password);
        await person(page, 'Romeo Montague').waitFor();
        await picture(page, `${name}/list`);
        await person(page, 'Romeo Montague').click();
        await page.locator('.bubble-text').first().waitFor();
        await picture(page, `${name}/conversation`);
        expect(await barriers(page)).toEqual([]);
        expect(await page.evaluate('document.documentElement.scrollWidth <= window.innerWidth')).toBe(true);
        if (look.touch) await page.locator('.head-back button').click();
        await page.locator('.me-button').click();
        await page.getByRole('dialog').waitFor();
        await picture(page, `${name}/settings`);
        expect(await barriers(page)).toEqual([]);
        await page.context().close();
      }
      expect(again.complaints).toEqual([]);
      expect(again.strays).toEqual([]);
    } finally {
      await again.close();
    }
  }, 60_000);

  it('keeps the newest message in sight when a keyboard takes half of the screen', async () => {
    const page = await screens.page(phone);
    await signIn(page, 'juliet', password);
    await person(page, 'Romeo Montague').click();
    const newest = page.locator('.bubble-text').last();
    await newest.waitFor();
    await expect.poll(() => page.locator('.to-newest').count()).toBe(0);
    await page.setViewportSize({ width: phone.width, height: 420 });
    const bottom = async (): Promise<number> => {
      const box = await newest.boundingBox();
      return (box?.y ?? 1_000) + (box?.height ?? 0);
    };
    const composer = await page.locator('.composer').boundingBox();
    await expect.poll(bottom).toBeLessThan(composer?.y ?? 0);
    await page.context().close();
  });

  it('goes back on a phone to the list that one came from, and takes the focus along', async () => {
    const page = await screens.page(phone);
    await signIn(page, 'juliet', password);
    for (const back of [() => page.locator('.head-back button').click(), () => page.goBack()]) {
      await person(page, 'Romeo Montague').click();
      await page.locator('.bubble-text').first().waitFor();
      await back();
      await person(page, 'Romeo Montague').waitFor();
      await expect.poll(() => focused(page)).toBe('Conversations');
      expect(page.url()).toBe(cable.url);
    }
    await page.context().close();
  });

  it('tells the server when nobody looks, and when somebody does again (XEP-0352)', async () => {
    const page = await screens.page(phone);
    const said = frames(page);
    const become = (state: 'hidden' | 'visible'): Promise<unknown> =>
      page.evaluate(`
        Object.defineProperty(document, 'visibilityState', { value: '${state}', configurable: true });
        document.dispatchEvent(new Event('visibilitychange'));
      `);
    const states = (): readonly string[] => said.flatMap((frame) => /^<((?:in)?active)\b/.exec(frame)?.[1] ?? []);
    await become('hidden');
    await signIn(page, 'juliet', password);
    await person(page, 'Romeo Montague').waitFor();
    await expect.poll(states).toEqual(['inactive']);
    await become('visible');
    await expect.poll(states).toEqual(['inactive', 'active']);
    await become('hidden');
    await expect.poll(states).toEqual(['inactive', 'active', 'inactive']);
    await page.context().close();
  });

  it('goes on in the same stream after a break (XEP-0198)', async () => {
    const page = await screens.page(desktop);
    const said = frames(page);
    await signIn(page, 'juliet', password);
    await person(page, 'Romeo Montague').click();
    cable.pull();
    await page.getByText('What you write is kept').last().waitFor();
    cable.plugIn();
    await tryNow(page);
    await page.locator('.banner').waitFor({ state: 'detached' });
    const begun = (name: string): number => said.filter((frame) => frame.includes(`<${name} `)).length;
    expect([begun('bind'), begun('resume')]).toEqual([1, 1]);
    await page.context().close();
  });

  it('says that the session has ended, and asks for the password only', async () => {
    const page = await screens.page(desktop);
    await signIn(page, 'mercutio', password);
    await signedIn(page);
    await page.getByRole('button', { name: 'Add a contact' }).first().click();
    cable.pull();
    await page.getByText('This can be done once the connection is back.').waitFor();
    cable.plugIn();
    await page.getByText('This can be done once').waitFor({ state: 'detached' });
    await page.keyboard.press('Escape');
    await house.running.core.membership.setSuspended('mercutio@localhost' as Address, true);
    await page.getByText('The server has ended the session.').waitFor();
    expect(await page.locator('input[name=username]').inputValue()).toBe('mercutio');
    expect(await focused(page)).toBe('password');
    await page.context().close();
  });

  it('asks nobody else for anything', () => {
    expect(screens.strays).toEqual([]);
  });
});
