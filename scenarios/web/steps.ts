// What people do on the page, by what they see: labels and words.
import { mkdirSync } from 'node:fs';
import { dirname } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Locator, Page } from 'playwright-core';

export const signIn = async (page: Page, name: string, password: string): Promise<void> => {
  await page.locator('input[name=username]').fill(name);
  await page.locator('input[name=password]').fill(password);
  await page.locator('button[type=submit]').click();
};

/** What has the focus, by the name that people are told. */
export const focused = (page: Page): Promise<string | null> =>
  page.evaluate<string | null>(
    "document.activeElement.getAttribute('aria-label') ?? document.activeElement.getAttribute('name')",
  );

/** Waits until the account is there. */
export const signedIn = (page: Page): Promise<void> => page.locator('.people').waitFor();

export const person = (page: Page, name: string): Locator => page.getByRole('option', { name: new RegExp(name) });

export const say = async (page: Page, text: string): Promise<void> => {
  const composer = page.locator('.composer-text');
  await composer.fill(text);
  await composer.press('Enter');
};

/** What the page says to the server from now on, frame by frame. */
export const frames = (page: Page): readonly string[] => {
  const said: string[] = [];
  page.on('websocket', (socket) => socket.on('framesent', ({ payload }) => void said.push(String(payload))));
  return said;
};

/** Comes back at once, where the page has not by itself. */
export const tryNow = async (page: Page): Promise<void> => {
  const button = page.getByRole('button', { name: 'Try now' });
  const back = page.locator('.banner').waitFor({ state: 'detached' });
  await Promise.race([button.click().catch(() => back), back]);
};

const screens = fileURLToPath(new URL('../../docs/screens/', import.meta.url));

/** `PICTURES=1 npx vitest run scenarios/web` takes them anew; otherwise a test run leaves the checkout as it is. */
const taken = process.env['PICTURES'] === '1';

/** A picture into docs/screens, once everything has come to rest. */
export const picture = async (page: Page, name: string): Promise<void> => {
  if (!taken) return;
  const path = `${screens}${name}.png`;
  mkdirSync(dirname(path), { recursive: true });
  await page.evaluate('document.fonts.ready');
  await page.waitForTimeout(500);
  await page.screenshot({ path, animations: 'disabled' });
};
