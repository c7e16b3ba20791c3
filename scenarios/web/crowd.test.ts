// A full list and a long history: unread numbers, reading from the divider down, older messages by scrolling up.
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { House, password } from '../house.ts';
import { desktop, hasBrowser, installsBrowser, phone, Screens } from './browser.ts';
import { appear, befriend, tell } from './crowd.ts';
import { person, picture, say, signedIn, signIn } from './steps.ts';

const names = {
  nurse: 'Angelica',
  mercutio: 'Mercutio',
  benvolio: 'Benvolio',
  libai: '李白',
  tybalt: 'Tybalt',
  paris: 'Count Paris',
};

const many = 130;

/** Draws a picture in the page: a moon over the sea, as base64 of a PNG. */
const moonlight = `(() => {
  const canvas = document.createElement('canvas');
  [canvas.width, canvas.height] = [300, 200];
  const brush = canvas.getContext('2d');
  const sky = brush.createLinearGradient(0, 0, 0, 200);
  for (const [at, colour] of [[0, '#16213e'], [0.62, '#e08e6d'], [0.63, '#274b6d'], [1, '#0f1b2d']])
    sky.addColorStop(at, colour);
  brush.fillStyle = sky;
  brush.fillRect(0, 0, 300, 200);
  brush.fillStyle = '#fdf1d0';
  brush.arc(168, 70, 30, 0, 7);
  brush.fill();
  return canvas.toDataURL('image/png').split(',')[1];
})()`;

describe.skipIf(!hasBrowser)(`a full list (needs a browser: ${installsBrowser})`, () => {
  let house: House;
  let screens: Screens;
  let page: Page;

  beforeAll(async () => {
    house = await House.open();
    await house.people(
      'juliet@localhost',
      'stranger@localhost',
      ...Object.keys(names).map((name) => `${name}@localhost`),
    );
    const juliet = await house.client('juliet@localhost');
    appear(juliet);
    for (const [local, name] of Object.entries(names)) {
      const other = await house.client(`${local}@localhost`);
      await befriend(juliet, other, name);
      if (local === 'nurse') for (let n = 1; n <= many; n++) await tell(other, juliet.account, `Word ${n} of ${many}`);
      if (local === 'mercutio') {
        await tell(juliet, other.account, 'Is it a long walk to Mantua?');
        await tell(other, juliet.account, 'As long as the conversation is dull.\nSo, with me: no.');
        await tell(juliet, other.account, 'Then walk with me tomorrow.');
      }
      if (local === 'libai') await tell(other, juliet.account, '床前明月光，疑是地上霜。');
      if (local === 'benvolio') await tell(juliet, other.account, 'I will bring the letters.');
      if (local === 'benvolio') await other.close();
      if (local === 'mercutio') appear(other, 'dnd', 'Rehearsing the queen Mab speech');
      else if (local === 'nurse') appear(other, 'away', 'At the market');
      else if (local !== 'benvolio') appear(other);
    }
    const stranger = await house.client('stranger@localhost');
    await tell(stranger, juliet.account, 'Good day. Are you the one who paints?');
    await juliet.close();
    screens = await Screens.open(`http://localhost:${house.port('http')}/`);
  }, 90_000);

  afterAll(async () => {
    await screens?.close();
    await house?.close();
  }, 30_000);

  it('counts what is unread on a device that has never seen it', async () => {
    page = await screens.page(desktop);
    await signIn(page, 'juliet', password);
    await signedIn(page);
    await person(page, `Angelica.*${many} unread messages`).waitFor();
    await person(page, '李白.*1 unread message').waitFor();
    expect(await person(page, 'Mercutio.*unread').count()).toBe(0);
    await picture(page, 'list');
  });

  it('opens where the unread messages begin, and has read them at the end', async () => {
    await person(page, 'Angelica').click();
    await page.getByText('New', { exact: true }).waitFor();
    await page.getByText(`Word 1 of ${many}`, { exact: true }).waitFor();
    await picture(page, 'unread-divider');
    expect(await person(page, 'Angelica.*unread').count()).toBe(1);
    await page.getByRole('button', { name: 'To the newest message' }).click();
    await page.locator('.bubble-text').getByText(`Word ${many} of ${many}`, { exact: true }).waitFor();
    await expect.poll(() => person(page, 'Angelica.*unread').count(), { timeout: 2_000 }).toBe(0);
    const second = await screens.page(desktop);
    await signIn(second, 'juliet', password);
    await person(second, 'Angelica').waitFor();
    await second.waitForTimeout(500);
    expect(await person(second, 'Angelica.*unread').count()).toBe(0);
    await second.context().close();
  });

  it('brings older messages by scrolling up, each once and in order', async () => {
    await page.reload();
    await signedIn(page);
    await page.locator('.bubble-text').getByText(`Word ${many} of ${many}`, { exact: true }).waitFor();
    const first = page.locator('.bubble-text').getByText(`Word 1 of ${many}`, { exact: true });
    await page.locator('.timeline-scroll').hover();
    const seen = new Set<string>();
    for (let turn = 0; turn < 200 && !(await first.isVisible()); turn++) {
      const shown = await page.locator('.bubble-text').allTextContents();
      const numbers = shown.map((text) => Number(/Word (\d+)/.exec(text)?.[1]));
      expect(numbers).toEqual([...numbers].sort((one, other) => one - other));
      for (const text of shown) seen.add(text);
      await page.mouse.wheel(0, -400);
      await page.waitForTimeout(30);
    }
    for (const text of await page.locator('.bubble-text').allTextContents()) seen.add(text);
    expect(seen.size).toBe(many);
  }, 40_000);

  it('shows a stranger as one, with what can be done about him', async () => {
    await person(page, 'stranger').click();
    await page.getByText('is not in your contacts').waitFor();
    await picture(page, 'stranger');
    const second = await screens.page(desktop);
    await signIn(second, 'juliet', password);
    await person(second, 'stranger').waitFor();
    await expect.poll(() => person(second, 'stranger.*unread').count(), { timeout: 2_000 }).toBe(0);
    expect(await second.getByText('the one who paints').count()).toBe(0);
    await second.context().close();
    await page.getByRole('button', { name: 'Block', exact: true }).click();
    await page.getByText('You have blocked stranger').waitFor();
    await picture(page, 'blocked');
    expect(await page.locator('.composer').count()).toBe(0);
    await page.getByRole('button', { name: 'Unblock' }).click();
    await page.getByText('is not in your contacts').waitFor();
  });

  it('finds people by name and address', async () => {
    await page.getByRole('searchbox').fill('merc');
    await picture(page, 'search');
    expect(await page.getByRole('option').count()).toBe(1);
    await page.getByRole('searchbox').fill('nobody of that name');
    await page.getByText('Nobody is called').waitFor();
    await page.getByRole('button', { name: 'Clear search' }).click();
    await expect.poll(() => page.getByRole('option').count()).toBe(7);
  });

  it('says in words why a message came back, and sends it again', async () => {
    await page.getByRole('button', { name: 'Add a contact' }).first().click();
    await page.getByLabel('Name or address').fill('ghost');
    await page.getByRole('button', { name: 'Send request' }).click();
    await page.getByText('Nothing said yet').waitFor();
    await say(page, 'Who is there?');
    await page.getByText('This address does not exist.').waitFor();
    await picture(page, 'failed');
    await page.getByRole('button', { name: 'Send again' }).click();
    // The old answer is still there for a moment; then comes the new one.
    await page.waitForTimeout(500);
    await page.getByText('This address does not exist.').waitFor();
    await page.reload();
    await page.getByText('This address does not exist.').waitFor();
    await page.getByRole('button', { name: 'Send again' }).click();
    await page.getByText('This address does not exist.').waitFor();
    expect(await page.locator('.bubble-text').count()).toBe(1);
    await page.getByRole('button', { name: 'Delete' }).click();
    await expect.poll(() => page.locator('.bubble-text').count()).toBe(0);
  });

  it('works by keyboard alone', async () => {
    await page.reload();
    await signedIn(page);
    await person(page, 'Mercutio').waitFor();
    await page.locator('.search-input').focus();
    await page.keyboard.press('Tab');
    await page.keyboard.press('Home');
    await page.keyboard.press('ArrowDown');
    await page.keyboard.type('Mercutio');
    await page.keyboard.press('Enter');
    await page.locator('.head-name').getByText('Mercutio').waitFor();
    await page.locator('.bubble-text').getByText('Then walk with me tomorrow.').waitFor();
    await page.keyboard.type('At seven?');
    await page.keyboard.press('Enter');
    await page.locator('.bubble-text').getByText('At seven?').waitFor();
    expect(await page.locator('.composer-text').inputValue()).toBe('');
    await picture(page, 'home');
  });

  it('shows the picture that somebody has chosen, to him and to his contacts', async () => {
    const mercutio = await screens.page(desktop);
    await signIn(mercutio, 'mercutio', password);
    await mercutio.locator('.me-button').click();
    const drawn = await mercutio.evaluate<string>(moonlight);
    const portrait = Buffer.from(drawn, 'base64');
    await mercutio
      .locator('input[type=file]')
      .setInputFiles({ name: 'me.png', mimeType: 'image/png', buffer: portrait });
    await mercutio.locator('.dialog .avatar-picture').waitFor();
    await picture(mercutio, 'settings');
    const shown = page.locator('.head .avatar-picture');
    await shown.waitFor();
    expect(await shown.getAttribute('src')).toMatch(/^data:image\/jpeg;base64,/);
    await person(page, 'Mercutio').locator('.avatar-picture').waitFor();
    await page.reload();
    await shown.waitFor();
    await mercutio.getByRole('button', { name: 'Remove picture' }).click();
    await shown.waitFor({ state: 'detached' });
    await mercutio.locator('.dialog .avatar-picture').waitFor({ state: 'detached' });
    await mercutio
      .locator('input[type=file]')
      .setInputFiles({ name: 'me.png', mimeType: 'image/png', buffer: portrait });
    await shown.waitFor();
    await mercutio.locator('input[type=file]').setInputFiles({
      name: 'me.png',
      mimeType: 'image/png',
      buffer: Buffer.from('no picture'),
    });
    await mercutio.getByText('This picture cannot be used.').waitFor();
    await mercutio.getByLabel('Status text').fill('Out walking');
    await mercutio.keyboard.press('Escape');
    await page.locator('.head-presence').getByText('Out walking').waitFor();
    await mercutio.context().close();
  });

  it('is itself in the dark, in Chinese, and on a phone', async () => {
    const looks = {
      dark: { ...desktop, theme: 'dark' },
      chinese: { ...desktop, locale: 'zh-CN' },
      phone,
      'phone-dark': { ...phone, theme: 'dark', locale: 'zh-CN' },
    } as const;
    for (const [name, look] of Object.entries(looks)) {
      const other = await screens.page(look);
      await signIn(other, 'juliet', password);
      await person(other, 'Benvolio').waitFor();
      await picture(other, `${name}/full-list`);
      await person(other, 'Mercutio').click();
      await other.locator('.bubble-text').first().waitFor();
      await picture(other, `${name}/home`);
      expect(await other.evaluate('document.documentElement.scrollWidth <= window.innerWidth')).toBe(true);
      await other.context().close();
    }
  }, 40_000);

  it('fits the narrowest phone', async () => {
    const narrow = await screens.page({ ...phone, width: 320, height: 640 });
    await signIn(narrow, 'juliet', password);
    await person(narrow, '李白').waitFor();
    await picture(narrow, 'phone/narrow-list');
    await person(narrow, '李白').click();
    await narrow.locator('.bubble-text').first().waitFor();
    await picture(narrow, 'phone/narrow-conversation');
    expect(await narrow.evaluate('document.documentElement.scrollWidth')).toBe(320);
    // Also when somebody is called something that has no end.
    await narrow.getByRole('button', { name: 'More about 李白' }).click();
    await narrow.getByRole('menuitem', { name: 'Change name' }).click();
    await narrow.getByLabel('Shown as').fill(`${'Honorificabilitudinitatibus'.repeat(3)} of all of Verona`);
    await narrow.getByRole('button', { name: 'Save' }).click();
    await narrow.locator('.head-name').getByText('Honorific').waitFor();
    for (const button of ['More about Honorific', 'Send']) {
      const box = await narrow.getByRole('button', { name: button }).boundingBox();
      expect((box?.x ?? 320) + (box?.width ?? 0)).toBeLessThanOrEqual(320);
    }
    expect(screens.complaints).toEqual([]);
    expect(screens.strays).toEqual([]);
  });
});
